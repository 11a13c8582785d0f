import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		root: new URL('..', import.meta.url).pathname,
		include: ['test/**/*.test.{ts,tsx}'],
		exclude: ['test/oracle/**', 'node_modules/**'],
		// Caps for what hangs, not measures: a machine under load takes three times as long.
		testTimeout: 90_000,
		hookTimeout: 120_000,
		pool: 'forks',
		// Files leave nothing behind in the process; what all of them import is loaded twice instead of a hundred times.
		isolate: false,
		maxWorkers: 2,
		env: {TZ: 'UTC', FORCE_COLOR: '1', LANG: 'C.UTF-8'},
	},
});
