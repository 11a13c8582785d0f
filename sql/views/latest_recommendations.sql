-- The newest schedule of each page and week that is not archived.
CREATE OR REPLACE VIEW `${dataset}.latest_recommendations` AS
SELECT
  schedule_id, page_name, created_at, week_start, account_size, saturation_zone, saturation_score,
  total_messages, total_ppvs, total_bumps, schedule_json, status, is_active, generated_by, version, notes
FROM `${dataset}.schedule_recommendations`
WHERE IFNULL(status, '') != 'archived'
QUALIFY ROW_NUMBER() OVER (PARTITION BY page_name, week_start ORDER BY created_at DESC, version DESC, schedule_id DESC) = 1;
