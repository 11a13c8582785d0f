import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		root: new URL('..', import.meta.url).pathname,
		include: ['test/**/*.test.{ts,tsx}'],
		exclude: ['test/oracle/**', 'node_modules/**'],
		testTimeout: 30_000,
		hookTimeout: 60_000,
		pool: 'forks',
		isolate: false,
		maxWorkers: 2,
		env: {TZ: 'UTC', FORCE_COLOR: '1', LANG: 'C.UTF-8'},
	},
});
