-- Holidays of the former release: a date and a name.
CREATE TABLE IF NOT EXISTS `${dataset}.holiday_calendar` (
  holiday_date DATE NOT NULL,
  holiday_name STRING NOT NULL
);
