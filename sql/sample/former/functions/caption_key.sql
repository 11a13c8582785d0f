-- Caption key of the former release: MD5 of the raw text.
CREATE OR REPLACE FUNCTION `${dataset}.caption_key`(message STRING)
RETURNS STRING
AS (TO_HEX(MD5(message)));
