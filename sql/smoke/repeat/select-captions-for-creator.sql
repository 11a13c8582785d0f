-- Called twice on staging: the second call replaces the page's one result row.
CALL `${dataset}.select_captions_for_creator`('test_creator', 'High-Value/Price-Insensitive', 5, 5, 5, 3);
