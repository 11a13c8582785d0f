-- The weekday of an instant in the business time zone: 1 is Sunday, 7 is Saturday.
CREATE OR REPLACE FUNCTION `${dataset}.la_dayofweek`(ts TIMESTAMP)
RETURNS INT64
AS (
  EXTRACT(DAYOFWEEK FROM ts AT TIME ZONE '${timezone}')
);
