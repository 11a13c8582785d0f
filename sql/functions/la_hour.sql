-- The civil hour (0 to 23) of an instant in the business time zone.
CREATE OR REPLACE FUNCTION `${dataset}.la_hour`(ts TIMESTAMP)
RETURNS INT64
AS (
  EXTRACT(HOUR FROM ts AT TIME ZONE '${timezone}')
);
