-- Gate test #2, after the calls: takes back what 2-selector-guards.sql laid out.
DELETE FROM `${dataset}.active_caption_assignments`
WHERE schedule_id = 'smoke_2';

DELETE FROM `${dataset}.creator_caption_restrictions`
WHERE page_name = 'test_creator' AND updated_by = 'smoke_2';
