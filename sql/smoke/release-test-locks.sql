-- Ends the locks of the test page on staging, by update, so that the next test finds every caption free.
UPDATE `${dataset}.active_caption_assignments`
SET is_active = FALSE, deactivated_at = CURRENT_TIMESTAMP(), deactivation_reason = 'TEST_CLEANUP'
WHERE page_name = 'test_creator' AND is_active;
