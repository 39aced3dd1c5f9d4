import { S3Store } from '../../engine/artifact/index.ts';
import { withObjectServers } from '../integration/store/object-server.ts';
import { artifactStoreSuite } from './artifact-store-suite.ts';

await withObjectServers('L2 artifact store: S3 store', (start) => {
  artifactStoreSuite({
    async open() {
      const server = await start();
      return { store: new S3Store(server.settings), close: server.stop };
    },
  });
});
