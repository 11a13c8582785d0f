-- Switches; the rows that the objects read exist after deployment and keep the value that people gave them.
CREATE TABLE IF NOT EXISTS `${dataset}.feature_flags` (
  flag STRING,
  is_enabled BOOL,
  updated_at TIMESTAMP,
  updated_by STRING
)
OPTIONS (description = 'Feature flags');

MERGE `${dataset}.feature_flags` AS target
USING (
  SELECT 'caption_restrictions_enabled' AS flag, TRUE AS is_enabled
  UNION ALL
  SELECT 'caption_filter_audit_enabled', TRUE
) AS source
ON target.flag = source.flag
WHEN NOT MATCHED THEN
  INSERT (flag, is_enabled, updated_at, updated_by)
  VALUES (source.flag, source.is_enabled, CURRENT_TIMESTAMP(), 'deployment');
