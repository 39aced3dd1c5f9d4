/** Loaded ahead of the command line by `startCli`: the only way in which a runner can be made to trust a test's certificates. */
import { trustForTests } from '../../../server/cli/test-trust.ts';

trustForTests(JSON.parse(process.env.STAGEFLOW_TEST_TRUST ?? 'null') as Parameters<typeof trustForTests>[0]);
