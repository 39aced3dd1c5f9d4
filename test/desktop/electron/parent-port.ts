/** Loaded into a child process before its program: gives it the `process.parentPort` that Electron gives to utility processes. */
import { EventEmitter } from 'node:events';

const port = new EventEmitter();
const early: unknown[] = [];
const isHeard = () => port.listenerCount('message') > 0;
process.on('message', (data) => {
  if (isHeard()) port.emit('message', { data, ports: [] });
  else early.push(data);
});
port.on('newListener', (name) => {
  // What came before anybody listened is kept for whoever does first.
  if (name === 'message' && !isHeard())
    setImmediate(() => {
      for (const data of early.splice(0)) port.emit('message', { data, ports: [] });
    });
});
// Main and its utility processes end together.
process.on('disconnect', () => process.exit(1));
Object.assign(process, {
  parentPort: Object.assign(port, {
    postMessage: (message: unknown) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => {});
    },
  }),
});
