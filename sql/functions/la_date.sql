-- The civil date of an instant in the business time zone.
CREATE OR REPLACE FUNCTION `${dataset}.la_date`(ts TIMESTAMP)
RETURNS DATE
AS (
  DATE(ts, '${timezone}')
);
