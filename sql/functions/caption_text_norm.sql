-- A caption's text as caption_key_v2 hashes it: lower case, without symbols and punctuation, single spaces, trimmed at the end as well.
-- \w of RE2 is ASCII: accented letters are dropped with everything else that is neither word character nor white space.
CREATE OR REPLACE FUNCTION `${dataset}.caption_text_norm`(message STRING)
RETURNS STRING
AS (
  TRIM(REGEXP_REPLACE(
    REGEXP_REPLACE(
      REGEXP_REPLACE(LOWER(TRIM(message)), r'[\p{So}\p{Sk}\p{Sm}\p{Sc}]', ''),
      r'[^\w\s]', ''
    ),
    r'\s+', ' '
  ))
);
