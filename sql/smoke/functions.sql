-- The functions on staging: vectors to ten digits, edges with NULL and negatives, 1,000 draws. One row a check.
-- The vectors were computed from the definitions, not from the functions.
WITH vectors AS (
  SELECT v, `${dataset}.wilson_score_bounds`(v.s, v.f) AS b
  FROM UNNEST([
    STRUCT(0 AS s, 0 AS f, 0.0 AS lower_bound, 1.0 AS upper_bound, 1.0 AS exploration_bonus),
    STRUCT(1, 0, 0.2065432915, 1.0, 0.7071067812),
    STRUCT(0, 1, 0.0, 0.7934567085, 0.7071067812),
    STRUCT(1, 1, 0.0945286548, 0.9054713452, 0.5773502692),
    STRUCT(2, 1, 0.2076549551, 0.9385096847, 0.5),
    STRUCT(1, 3, 0.0455860626, 0.6993639476, 0.4472135955),
    STRUCT(5, 0, 0.5655085052, 1.0, 0.4082482905),
    STRUCT(0, 5, 0.0, 0.4344914948, 0.4082482905),
    STRUCT(10, 5, 0.4171312515, 0.8482389931, 0.25),
    STRUCT(10, 10, 0.2992949144, 0.7007050856, 0.2182178902),
    STRUCT(20, 10, 0.4877972581, 0.8076970447, 0.1796053020),
    STRUCT(50, 50, 0.4038298286, 0.5961701714, 0.0995037190),
    STRUCT(70, 30, 0.6041496157, 0.7810524613, 0.0995037190),
    STRUCT(90, 10, 0.8256326956, 0.9447714584, 0.0995037190),
    STRUCT(10, 90, 0.0552285416, 0.1743673044, 0.0995037190),
    STRUCT(5, 50, 0.0394575733, 0.1957773625, 0.1336306210),
    STRUCT(100, 0, 0.9630051925, 1.0, 0.0995037190),
    STRUCT(0, 100, 0.0, 0.0369948075, 0.0995037190),
    STRUCT(100, 100, 0.4313596221, 0.5686403779, 0.0705345616),
    STRUCT(500, 500, 0.4690690342, 0.5309309658, 0.0316069771),
    STRUCT(1000, 9000, 0.0942727277, 0.1060344823, 0.0099995)
  ]) AS v
), edges AS (
  SELECT `${dataset}.wilson_score_bounds`(s, f) AS b
  FROM UNNEST([0, 1, 5, 1000000000, -3, CAST(NULL AS INT64)]) AS s
  CROSS JOIN UNNEST([0, 1, 5, 1000000000, -3, CAST(NULL AS INT64)]) AS f
), draws AS (
  SELECT `${dataset}.wilson_sample`(50, 50) AS d
  FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n
), vector_facts AS (
  SELECT
    COUNT(*) AS vectors,
    COUNTIF(ABS(b.lower_bound - v.lower_bound) <= 1e-9 AND ABS(b.upper_bound - v.upper_bound) <= 1e-9 AND ABS(b.exploration_bonus - v.exploration_bonus) <= 1e-9) AS equal_vectors
  FROM vectors
), edge_facts AS (
  SELECT COUNT(*) AS pairs, COUNTIF(b.lower_bound >= 0 AND b.upper_bound <= 1 AND b.lower_bound <= b.upper_bound) AS good_pairs
  FROM edges
), draw_facts AS (
  SELECT MIN(d) AS low, MAX(d) AS high, AVG(d) AS mean, STDDEV_SAMP(d) AS spread, COUNT(DISTINCT CAST(d AS STRING)) AS kinds
  FROM draws
)
SELECT 'vectors' AS check_name, vectors = equal_vectors AS passed, CONCAT(CAST(equal_vectors AS STRING), ' of ', CAST(vectors AS STRING), ' vectors equal') AS evidence FROM vector_facts
UNION ALL
SELECT 'bounds in [0, 1]', pairs = good_pairs, CONCAT(CAST(good_pairs AS STRING), ' of ', CAST(pairs AS STRING), ' pairs with NULL and negatives in [0, 1], lower not above upper') FROM edge_facts
UNION ALL
SELECT 'samples in [0, 1]', low >= 0 AND high <= 1, CONCAT('1,000 draws from ', FORMAT('%.3f', low), ' to ', FORMAT('%.3f', high)) FROM draw_facts
UNION ALL
SELECT 'mean and spread of samples', kinds > 1 AND ABS(mean - 0.5) <= 0.006 AND ABS(spread - 0.0498) <= 0.005, CONCAT('mean ', FORMAT('%.4f', mean), ', spread ', FORMAT('%.4f', spread), ', ', CAST(kinds AS STRING), ' different values') FROM draw_facts;
