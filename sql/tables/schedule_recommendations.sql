-- One row a built schedule with the whole week as JSON, so that saving it is one atomic insert.
CREATE TABLE IF NOT EXISTS `${dataset}.schedule_recommendations` (
  schedule_id STRING NOT NULL,
  page_name STRING NOT NULL,
  created_at TIMESTAMP NOT NULL,
  week_start DATE NOT NULL OPTIONS (description = 'Monday in the business time zone'),
  account_size STRING,
  saturation_zone STRING,
  saturation_score FLOAT64,
  total_messages INT64,
  total_ppvs INT64,
  total_bumps INT64,
  schedule_json JSON NOT NULL OPTIONS (description = '$.messages[]'),
  status STRING OPTIONS (description = 'draft, validated, exported, failed or archived'),
  is_active BOOL,
  generated_by STRING,
  version INT64,
  notes STRING
)
PARTITION BY DATE(created_at)
CLUSTER BY page_name, schedule_id
OPTIONS (description = 'Built schedules');

ALTER TABLE `${dataset}.schedule_recommendations`
  ADD COLUMN IF NOT EXISTS schedule_id STRING,
  ADD COLUMN IF NOT EXISTS page_name STRING,
  ADD COLUMN IF NOT EXISTS created_at TIMESTAMP,
  ADD COLUMN IF NOT EXISTS week_start DATE,
  ADD COLUMN IF NOT EXISTS account_size STRING,
  ADD COLUMN IF NOT EXISTS saturation_zone STRING,
  ADD COLUMN IF NOT EXISTS saturation_score FLOAT64,
  ADD COLUMN IF NOT EXISTS total_messages INT64,
  ADD COLUMN IF NOT EXISTS total_ppvs INT64,
  ADD COLUMN IF NOT EXISTS total_bumps INT64,
  ADD COLUMN IF NOT EXISTS schedule_json JSON,
  ADD COLUMN IF NOT EXISTS status STRING,
  ADD COLUMN IF NOT EXISTS is_active BOOL,
  ADD COLUMN IF NOT EXISTS generated_by STRING,
  ADD COLUMN IF NOT EXISTS version INT64,
  ADD COLUMN IF NOT EXISTS notes STRING;
