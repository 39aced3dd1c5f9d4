import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', '.cache/**', 'test/sites/source/**'];

/** Two projects: `unit` needs nothing but loopback; `integration` needs Podman, Chromium or nats-server and runs file by file. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...ignored, '**/*.integration.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['**/*.integration.test.ts'],
          exclude: ignored,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
