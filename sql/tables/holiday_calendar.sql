-- Holidays that excuse weak numbers, by rule for every year from 2020 to 15 years ahead; rows that people changed keep their values.
CREATE TABLE IF NOT EXISTS `${dataset}.holiday_calendar` (
  holiday_date DATE NOT NULL,
  holiday_name STRING NOT NULL,
  holiday_type STRING OPTIONS (description = 'FEDERAL, CULTURAL or COMMERCIAL'),
  is_major_holiday BOOL,
  saturation_impact_factor FLOAT64 OPTIONS (description = '0.6 to 1.0'),
  PRIMARY KEY (holiday_date) NOT ENFORCED
)
OPTIONS (description = 'Holidays');

ALTER TABLE `${dataset}.holiday_calendar`
  ADD COLUMN IF NOT EXISTS holiday_type STRING,
  ADD COLUMN IF NOT EXISTS is_major_holiday BOOL,
  ADD COLUMN IF NOT EXISTS saturation_impact_factor FLOAT64;

MERGE `${dataset}.holiday_calendar` AS target
USING (
  WITH years AS (
    SELECT year FROM UNNEST(GENERATE_ARRAY(2020, EXTRACT(YEAR FROM CURRENT_DATE('${timezone}')) + 15)) AS year
  ),
  -- The same day of the same month.
  fixed AS (
    SELECT DATE(years.year, rule.month, rule.day) AS holiday_date, rule.holiday_name, rule.holiday_type, rule.is_major_holiday, rule.factor
    FROM years
    CROSS JOIN UNNEST([
      STRUCT(1 AS month, 1 AS day, 'New Year' AS holiday_name, 'FEDERAL' AS holiday_type, TRUE AS is_major_holiday, 0.7 AS factor),
      STRUCT(2, 14, 'Valentine\'s Day', 'CULTURAL', TRUE, 0.8),
      STRUCT(3, 17, 'St Patrick\'s Day', 'CULTURAL', FALSE, 1.0),
      STRUCT(6, 19, 'Juneteenth', 'FEDERAL', FALSE, 1.0),
      STRUCT(7, 4, 'Independence Day', 'FEDERAL', TRUE, 0.7),
      STRUCT(10, 31, 'Halloween', 'CULTURAL', FALSE, 0.9),
      STRUCT(11, 11, 'Veterans Day', 'FEDERAL', FALSE, 1.0),
      STRUCT(12, 24, 'Christmas Eve', 'CULTURAL', TRUE, 0.7),
      STRUCT(12, 25, 'Christmas Day', 'FEDERAL', TRUE, 0.6),
      STRUCT(12, 31, 'New Year\'s Eve', 'CULTURAL', TRUE, 0.7)
    ]) AS rule
  ),
  -- The nth weekday (1 = Sunday) of a month, and a number of days after it.
  counted AS (
    SELECT
      DATE_ADD(
        DATE(years.year, rule.month, 1),
        INTERVAL MOD(rule.weekday - EXTRACT(DAYOFWEEK FROM DATE(years.year, rule.month, 1)) + 7, 7) + 7 * (rule.nth - 1) + rule.days_after DAY
      ) AS holiday_date,
      rule.holiday_name, rule.holiday_type, rule.is_major_holiday, rule.factor
    FROM years
    CROSS JOIN UNNEST([
      STRUCT(1 AS month, 3 AS nth, 2 AS weekday, 0 AS days_after, 'Martin Luther King Day' AS holiday_name, 'FEDERAL' AS holiday_type, FALSE AS is_major_holiday, 1.0 AS factor),
      STRUCT(2, 3, 2, 0, 'Presidents\' Day', 'FEDERAL', FALSE, 1.0),
      STRUCT(5, 2, 1, 0, 'Mother\'s Day', 'CULTURAL', TRUE, 0.8),
      STRUCT(6, 3, 1, 0, 'Father\'s Day', 'CULTURAL', FALSE, 0.9),
      STRUCT(9, 1, 2, 0, 'Labor Day', 'FEDERAL', TRUE, 0.8),
      STRUCT(10, 2, 2, 0, 'Columbus Day', 'FEDERAL', FALSE, 1.0),
      STRUCT(11, 4, 5, 0, 'Thanksgiving', 'FEDERAL', TRUE, 0.7),
      STRUCT(11, 4, 5, 1, 'Black Friday', 'COMMERCIAL', FALSE, 0.9)
    ]) AS rule
  ),
  -- The last Monday of May.
  memorial AS (
    SELECT DATE_SUB(DATE(year, 5, 31), INTERVAL MOD(EXTRACT(DAYOFWEEK FROM DATE(year, 5, 31)) + 5, 7) DAY) AS holiday_date
    FROM years
  ),
  -- Easter Sunday of the Gregorian calendar: epact and weekday corrections of Meeus, Jones and Butcher.
  easter_epact AS (
    SELECT
      year,
      MOD(year, 19) AS golden,
      DIV(year, 100) AS century,
      MOD(year, 100) AS year_of_century
    FROM years
  ),
  easter_moon AS (
    SELECT
      year, golden, century, year_of_century,
      MOD(19 * golden + century - DIV(century, 4) - DIV(century - DIV(century + 8, 25) + 1, 3) + 15, 30) AS moon
    FROM easter_epact
  ),
  easter_weekday AS (
    SELECT
      year, golden, moon,
      MOD(32 + 2 * MOD(century, 4) + 2 * DIV(year_of_century, 4) - moon - MOD(year_of_century, 4), 7) AS shift
    FROM easter_moon
  ),
  easter_day AS (
    SELECT year, moon + shift - 7 * DIV(golden + 11 * moon + 22 * shift, 451) + 114 AS number
    FROM easter_weekday
  ),
  holidays AS (
    SELECT holiday_date, holiday_name, holiday_type, is_major_holiday, factor FROM fixed
    UNION ALL
    SELECT holiday_date, holiday_name, holiday_type, is_major_holiday, factor FROM counted
    UNION ALL
    SELECT holiday_date, 'Memorial Day', 'FEDERAL', TRUE, 0.8 FROM memorial
    UNION ALL
    SELECT DATE(year, DIV(number, 31), MOD(number, 31) + 1), 'Easter Sunday', 'CULTURAL', TRUE, 0.8 FROM easter_day
  )
  -- Two may meet on a day (Father's Day and Juneteenth in 2022): the one that weighs more stays.
  SELECT holiday_date, holiday_name, holiday_type, is_major_holiday, factor
  FROM holidays
  QUALIFY ROW_NUMBER() OVER (PARTITION BY holiday_date ORDER BY factor, holiday_name) = 1
) AS source
ON target.holiday_date = source.holiday_date
WHEN MATCHED AND target.saturation_impact_factor IS NULL THEN
  UPDATE SET
    holiday_type = source.holiday_type,
    is_major_holiday = source.is_major_holiday,
    saturation_impact_factor = source.factor
WHEN NOT MATCHED THEN
  INSERT (holiday_date, holiday_name, holiday_type, is_major_holiday, saturation_impact_factor)
  VALUES (source.holiday_date, source.holiday_name, source.holiday_type, source.is_major_holiday, source.factor);
