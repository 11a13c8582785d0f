-- Feature flags.
CREATE TABLE IF NOT EXISTS `${dataset}.feature_flags` (
  flag STRING,
  is_enabled BOOL,
  updated_at TIMESTAMP,
  updated_by STRING
);
