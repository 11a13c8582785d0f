-- What content each page owns. Deployment never touches it.
CREATE TABLE IF NOT EXISTS `${dataset}.creator_content_inventory` (
  page_name STRING NOT NULL,
  categories ARRAY<STRING>,
  inventory_score FLOAT64,
  audited_on DATE
);
