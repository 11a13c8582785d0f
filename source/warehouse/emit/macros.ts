// DuckDB macros installed when the file is opened: what DuckDB does differently from BigQuery, said once.
// `bq_raise` is a JavaScript function (native.ts): unlike DuckDB's error() it is not volatile, so SAFE. can catch it.
// `bq_raise_float` makes the text of its number itself: a macro that did would write its argument ten times over, and
// SQRT of LN a hundred times, for a branch that is hardly ever taken.

const timestampDigits = (micros: string): string =>
	`CASE WHEN ${micros} % 1000000 = 0 THEN '' WHEN ${micros} % 1000 = 0 THEN '.' || lpad(CAST((${micros} % 1000000) // 1000 AS VARCHAR), 3, '0') ELSE '.' || lpad(CAST(${micros} % 1000000 AS VARCHAR), 6, '0') END`;

const positiveMicros = (micros: string): string => `(((${micros}) % 1000000 + 1000000) % 1000000)`;

const definitions: readonly string[] = [
	`bq_fail_int(m) AS CAST(bq_raise(m) AS BIGINT)`,
	`bq_fail_float(m) AS CAST(bq_raise(m) AS DOUBLE)`,
	`bq_divide_numeric(a, b) AS CASE WHEN b = 0 THEN CAST(bq_raise('division by zero: ' || bq_number_text(a) || ' / ' || bq_number_text(b)) AS DECIMAL(38,9)) ELSE CAST(a / b AS DECIMAL(38,9)) END`,
	`bq_number_text(x) AS regexp_replace(regexp_replace(CAST(x AS VARCHAR), '(\\.\\d*?)0+$', '\\1'), '\\.$', '')`,
	`bq_div(a, b) AS CASE WHEN b = 0 THEN bq_fail_int('division by zero: ' || CAST(a AS VARCHAR) || ' / ' || CAST(b AS VARCHAR)) ELSE CAST(a // b AS BIGINT) END`,
	`bq_mod(a, b) AS CASE WHEN b = 0 THEN bq_fail_int('division by zero: MOD(' || CAST(a AS VARCHAR) || ', ' || CAST(b AS VARCHAR) || ')') ELSE CAST(a % b AS BIGINT) END`,
	`bq_float_to_int(x) AS CASE WHEN isnan(x) OR isinf(x) OR abs(x) >= 9223372036854775808.0 THEN bq_fail_int('Illegal conversion of non-finite floating point number to an integer: ' || CAST(x AS VARCHAR)) ELSE CAST(CASE WHEN x - trunc(x) IN (0.5, -0.5) THEN trunc(x) + sign(x) ELSE round(x) END AS BIGINT) END`,
	`bq_numeric_to_int(x) AS CAST(round(CAST(x AS DECIMAL(38,9)), 0) AS BIGINT)`,
	// What is too large for plain digits, infinite or NaN is rare and goes to JavaScript: a macro is bound anew wherever it stands, so it is short.
	`bq_float_text(x) AS CASE WHEN abs(x) < 1e15 THEN regexp_replace(CAST(x AS VARCHAR), '\\.0$', '') WHEN x IS NOT NULL THEN bq_rare_float(x, 'text') END`,
	`bq_numeric_text(x) AS CASE WHEN contains(CAST(x AS VARCHAR), '.') THEN regexp_replace(CAST(x AS VARCHAR), '\\.?0+$', '') ELSE CAST(x AS VARCHAR) END`,
	`bq_bool_text(x) AS CASE WHEN x THEN 'true' WHEN NOT x THEN 'false' END`,
	`bq_int_to_bool(x) AS (x <> 0)`,
	`bq_fraction(us) AS ${timestampDigits(positiveMicros('us'))}`,
	`bq_timestamp_text(x) AS strftime(x AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S') || bq_fraction(epoch_us(x)) || '+00'`,
	`bq_datetime_text(x) AS strftime(x, '%Y-%m-%d %H:%M:%S') || bq_fraction(epoch_us(x))`,
	`bq_time_text(x) AS strftime(DATE '2000-01-01' + x, '%H:%M:%S') || bq_fraction(epoch_us(DATE '2000-01-01' + x))`,
	`bq_json_timestamp(x) AS '"' || strftime(x AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S') || bq_fraction(epoch_us(x)) || 'Z"'`,
	`bq_json_int(x) AS CASE WHEN x BETWEEN -9007199254740992 AND 9007199254740992 THEN CAST(x AS VARCHAR) ELSE '"' || CAST(x AS VARCHAR) || '"' END`,
	`bq_json_float(x) AS CASE WHEN abs(x) < 1e15 THEN regexp_replace(CAST(x AS VARCHAR), '\\.0$', '') WHEN x IS NOT NULL THEN bq_rare_float(x, 'json') END`,
	`bq_json_value_float(x) AS CASE WHEN abs(x) < 1e15 THEN CAST(x AS VARCHAR) WHEN x IS NOT NULL THEN bq_rare_float(x, 'json value') END`,
	`bq_json_numeric(x) AS '"' || bq_numeric_text(x) || '"'`,
	`bq_bytes_text(x) AS decode(x)`,
	`bq_text_to_int(x) AS CASE WHEN x IS NULL THEN NULL WHEN regexp_matches(x, '^\\s*-0[xX][0-9a-fA-F]+\\s*$') AND TRY_CAST(replace(trim(x), '-', '') AS BIGINT) IS NOT NULL THEN -TRY_CAST(replace(trim(x), '-', '') AS BIGINT) WHEN regexp_matches(x, '^\\s*[+-]?(\\d+|0[xX][0-9a-fA-F]+)\\s*$') AND TRY_CAST(trim(x) AS BIGINT) IS NOT NULL THEN TRY_CAST(trim(x) AS BIGINT) ELSE bq_fail_int('Bad int64 value: ' || x) END`,
	`bq_text_to_float(x) AS CASE WHEN x IS NULL THEN NULL WHEN NOT contains(x, '_') AND TRY_CAST(trim(x) AS DOUBLE) IS NOT NULL THEN TRY_CAST(trim(x) AS DOUBLE) ELSE bq_fail_float('Bad double value: ' || x) END`,
	`bq_text_to_bool(x) AS CASE WHEN x IS NULL THEN NULL WHEN lower(x) = 'true' THEN TRUE WHEN lower(x) = 'false' THEN FALSE ELSE CAST(bq_raise('Bad bool value: ' || x) AS BOOLEAN) END`,
	`bq_text_to_date(x) AS CASE WHEN x IS NULL THEN NULL WHEN regexp_matches(x, '^\\d{4}-\\d{1,2}-\\d{1,2}$') AND NOT starts_with(x, '0000') AND TRY_CAST(x AS DATE) IS NOT NULL THEN TRY_CAST(x AS DATE) ELSE CAST(bq_raise('Invalid date: ''' || x || '''') AS DATE) END`,
	`bq_text_to_timestamp(x) AS CASE WHEN x IS NULL THEN NULL WHEN regexp_matches(x, '^\\s*\\d{4}-\\d{1,2}-\\d{1,2}(?:[Tt ](?:[01]?\\d|2[0-3]):\\d{1,2}:\\d{1,2}(?:\\.\\d{0,6})?)?(?:[zZ]| ?[+-]\\d{1,2}(?::?\\d{2})?| [A-Za-z][\\w/+-]*)?$') AND TRY_CAST(regexp_replace(x, ' UTC$', '+00') AS TIMESTAMPTZ) IS NOT NULL THEN TRY_CAST(regexp_replace(x, ' UTC$', '+00') AS TIMESTAMPTZ) ELSE CAST(bq_raise('Invalid timestamp: ''' || x || '''') AS TIMESTAMPTZ) END`,
	`bq_text_to_timestamp_in(x, z) AS CASE WHEN x IS NULL THEN NULL WHEN regexp_matches(x, '([zZ]|[+-]\\d{1,2}(:?\\d{2})?| UTC)$') AND length(x) > 10 THEN bq_text_to_timestamp(x) ELSE timezone(z, bq_text_to_datetime(x)) END`,
	`bq_text_to_time(x) AS CASE WHEN x IS NULL THEN NULL WHEN regexp_matches(x, '^(?:[01]?\\d|2[0-3]):\\d{1,2}:\\d{1,2}(?:\\.\\d{0,6})?$') AND TRY_CAST(x AS TIME) IS NOT NULL THEN TRY_CAST(x AS TIME) ELSE CAST(bq_raise('Invalid time string "' || x || '"') AS TIME) END`,
	`bq_text_to_datetime(x) AS CASE WHEN x IS NULL THEN NULL WHEN regexp_matches(x, '^\\d{4}-\\d{1,2}-\\d{1,2}(?:[Tt ](?:[01]?\\d|2[0-3]):\\d{1,2}:\\d{1,2}(?:\\.\\d{0,6})?)?$') AND TRY_CAST(x AS TIMESTAMP) IS NOT NULL THEN TRY_CAST(x AS TIMESTAMP) ELSE CAST(bq_raise('Invalid datetime string "' || x || '"') AS TIMESTAMP) END`,
	`bq_timestamp_to_date(x) AS CAST(x AT TIME ZONE 'UTC' AS DATE)`,
	`bq_timestamp_to_datetime(x) AS (x AT TIME ZONE 'UTC')`,
	`bq_timestamp_to_time(x) AS CAST(x AT TIME ZONE 'UTC' AS TIME)`,
	`bq_datetime_to_timestamp(x) AS (x AT TIME ZONE 'UTC')`,
	`bq_date_to_timestamp(x) AS (CAST(x AS TIMESTAMP) AT TIME ZONE 'UTC')`,
	`bq_any(a) AS CASE WHEN list_contains(a, TRUE) THEN TRUE WHEN list_count(a) < len(a) THEN NULL ELSE FALSE END`,
	`bq_all(a) AS CASE WHEN list_contains(a, FALSE) THEN FALSE WHEN list_count(a) < len(a) THEN NULL ELSE TRUE END`,
	`bq_in(x, a) AS CASE WHEN coalesce(len(a), 0) = 0 THEN FALSE WHEN x IS NULL THEN NULL WHEN list_contains(a, x) THEN TRUE WHEN list_count(a) < len(a) THEN NULL ELSE FALSE END`,
	`bq_offset(a, i) AS CASE WHEN i < 0 OR i >= len(a) THEN CASE WHEN bq_raise('Array index ' || CAST(i AS VARCHAR) || ' is out of bounds' || substr(CAST(len(a) AS VARCHAR), 1, 0)) IS NULL THEN NULL END ELSE a[i + 1] END`,
	`bq_ordinal(a, i) AS CASE WHEN i < 1 OR i > len(a) THEN CASE WHEN bq_raise('Array index ' || CAST(i AS VARCHAR) || ' is out of bounds' || substr(CAST(len(a) AS VARCHAR), 1, 0)) IS NULL THEN NULL END ELSE a[i] END`,
	`bq_safe_offset(a, i) AS CASE WHEN i >= 0 THEN a[i + 1] END`,
	`bq_safe_ordinal(a, i) AS CASE WHEN i >= 1 THEN a[i] END`,
	`bq_sqrt(x) AS CASE WHEN x < 0 THEN bq_raise_float('Argument to SQRT cannot be negative: ', x, '') ELSE sqrt(x) END`,
	`bq_ln(x) AS CASE WHEN x <= 0 THEN bq_raise_float('Floating point error in function: LN(', x, ')') ELSE ln(x) END`,
	`bq_log(x, b) AS CASE WHEN x <= 0 OR b <= 0 OR b = 1 THEN bq_fail_float('Floating point error in function: LOG') ELSE ln(x) / ln(b) END`,
	`bq_log10(x) AS CASE WHEN x <= 0 THEN bq_raise_float('Floating point error in function: LOG10(', x, ')') ELSE log10(x) END`,
	`bq_round(x) AS CASE WHEN isinf(x) OR isnan(x) THEN x ELSE sign(x) * floor(abs(x) + 0.5) END`,
	`bq_round_to(x, d) AS CASE WHEN d IS NULL THEN NULL WHEN NOT isfinite(x) THEN x WHEN d BETWEEN 1 AND 15 AND abs(x) < 1e15 AND abs(abs(x * pow(10, d) - trunc(x * pow(10, d))) - 0.5) < 1e-4 THEN bq_round_exact(x, CAST(d AS INTEGER)) WHEN d < -308 THEN 0 WHEN d = -308 THEN CASE WHEN abs(x) >= 1.5e308 THEN bq_fail_float('Floating point overflow in function: ROUND(' || bq_float_text(x) || ', 308)') WHEN abs(x) >= 5e307 THEN sign(x) * 1e308 ELSE 0 END WHEN d > 308 THEN x ELSE round(x, CAST(d AS INTEGER)) END`,
	`bq_numeric_trunc(x, d) AS CASE WHEN d >= 9 THEN x WHEN d >= 0 THEN x - x % CAST(CASE d WHEN 0 THEN 1 WHEN 1 THEN 0.1 WHEN 2 THEN 0.01 WHEN 3 THEN 0.001 WHEN 4 THEN 0.0001 WHEN 5 THEN 0.00001 WHEN 6 THEN 0.000001 WHEN 7 THEN 0.0000001 ELSE 0.00000001 END AS DECIMAL(38,9)) WHEN d < -28 THEN x - x ELSE CAST((CAST(trunc(x) AS HUGEINT) // CAST(pow(10, -d) AS HUGEINT)) * CAST(pow(10, -d) AS HUGEINT) AS DECIMAL(38,9)) END`,
	`bq_float_to_numeric(x) AS CASE WHEN NOT isfinite(x) THEN CAST(bq_raise('Illegal conversion of non-finite floating point number to numeric: ' || bq_float_text(x)) AS DECIMAL(38,9)) WHEN abs(x) >= 1e29 THEN CAST(bq_raise('numeric out of range: ' || bq_float_text(x)) AS DECIMAL(38,9)) WHEN abs(x) < 9007199254740992 THEN CAST(x AS DECIMAL(38,9)) ELSE CAST(CAST(trunc(x) AS HUGEINT) AS DECIMAL(38,9)) + CAST(x - trunc(x) AS DECIMAL(38,9)) END`,
	`bq_zone_suffix(x, z) AS CASE WHEN date_diff('minute', timezone('UTC', x), timezone(z, x)) < 0 THEN '-' ELSE '+' END || lpad(CAST(abs(date_diff('minute', timezone('UTC', x), timezone(z, x))) // 60 AS VARCHAR), 2, '0') || CASE WHEN abs(date_diff('minute', timezone('UTC', x), timezone(z, x))) % 60 = 0 THEN '' ELSE ':' || lpad(CAST(abs(date_diff('minute', timezone('UTC', x), timezone(z, x))) % 60 AS VARCHAR), 2, '0') END`,
	`bq_week(d, shift) AS date_trunc('week', d + shift) - shift`,
	`bq_json_scalar(j, p) AS CASE WHEN json_type(j, p) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL ELSE json_extract_string(j, p) END`,
	`bq_parse_json(x) AS CASE WHEN x IS NULL THEN NULL WHEN json_valid(x) THEN CAST(x AS JSON) ELSE CAST(bq_raise('syntax error while parsing value - invalid literal; last read: ''' || left(x, 20) || '''') AS JSON) END`,
	`bq_substr(s, p) AS CASE WHEN p > 0 THEN substring(s, p) WHEN p = 0 OR -p >= length(s) THEN s ELSE right(s, -p) END`,
	`bq_substr_len(s, p, n) AS CASE WHEN n < 0 THEN bq_raise('Third argument in SUBSTR() cannot be negative') WHEN p > 0 THEN substring(s, p, n) WHEN p = 0 OR -p >= length(s) THEN left(s, n) ELSE left(right(s, -p), n) END`,
	`bq_initcap(s) AS array_to_string(list_transform(regexp_extract_all(s, '[^\\s\\[\\](){}/|<>!?@"^#$&~_,.:;*%+\\-]+|[\\s\\[\\](){}/|<>!?@"^#$&~_,.:;*%+\\-]+'), lambda w: upper(left(w, 1)) || lower(substring(w, 2))), '')`,
	`bq_instr(s, t) AS CAST(instr(s, t) AS BIGINT)`,
	`bq_group(s, p, g) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END`,
	`bq_floor_div(a, b) AS ((a - (((a % b) + b) % b)) // b)`,
	`bq_pow(x, y) AS CASE WHEN isinf(pow(x, y)) AND NOT isinf(x) AND NOT isinf(y) THEN bq_fail_float('Floating point error in function: POW(' || bq_float_text(x) || ', ' || bq_float_text(y) || ')') ELSE pow(x, y) END`,
	`bq_exp(x) AS CASE WHEN isinf(exp(x)) AND NOT isinf(x) THEN bq_raise_float('Floating point error in function: EXP(', x, ')') ELSE exp(x) END`,
	`bq_unsigned(a) AS CASE WHEN a < 0 THEN CAST(a AS HUGEINT) + 18446744073709551616 ELSE CAST(a AS HUGEINT) END`,
	`bq_signed(a) AS CAST(CASE WHEN a >= 9223372036854775808 THEN a - 18446744073709551616 ELSE a END AS BIGINT)`,
	`bq_power_of_two(n) AS CAST(pow(2, n) AS HUGEINT)`,
	`bq_shift_left(a, n) AS CASE WHEN n < 0 THEN bq_fail_int('Bitwise shift by negative offset.') WHEN n >= 64 THEN a - a ELSE bq_signed((bq_unsigned(a) % bq_power_of_two(64 - n)) * bq_power_of_two(n)) END`,
	`bq_shift_right(a, n) AS CASE WHEN n < 0 THEN bq_fail_int('Bitwise shift by negative offset.') WHEN n >= 64 THEN a - a ELSE bq_signed(bq_unsigned(a) // bq_power_of_two(n)) END`,
	`bq_overflow(v, x, f) AS CASE WHEN isinf(v) AND NOT isinf(x) THEN bq_fail_float('Floating point overflow in function: ' || f || '(' || bq_float_text(x) || ')') ELSE v END`,
	`bq_years(a, b) AS date_diff('year', b, a)`,
];

const nameOf = (definition: string): string => definition.slice(0, definition.indexOf('('));

/** DuckDB wants a macro's callees to exist: each comes after those it names. */
function inOrder(all: readonly string[]): readonly string[] {
	const waiting = new Map(all.map(definition => [nameOf(definition), definition]));
	const ordered: string[] = [];
	while (waiting.size > 0) {
		const ready = [...waiting].filter(([name, definition]) => !(definition.match(/bq_\w+/g) ?? []).some(callee => callee !== name && waiting.has(callee)));
		if (ready.length === 0) {
			throw new Error(`Macros call each other in a circle: ${[...waiting.keys()].join(', ')}.`);
		}

		for (const [name, definition] of ready) {
			waiting.delete(name);
			ordered.push(definition);
		}
	}

	return ordered;
}

/** `name(parameters) AS expression`, in the order to create them. */
export const macros: readonly string[] = inOrder(definitions);
