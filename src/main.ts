#!/usr/bin/env node
/** `npm start`: the gateway for real use. */
import { startGateway } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import { StoreError } from './db/store.ts';
import { SealError } from './secrets.ts';
import { stopOnSignals } from './stop-on-signals.ts';

try {
  const gateway = await startGateway(readConfig(process.env));
  if (gateway.firstToken !== null) {
    process.stderr.write(`Your first token (ADMIN), shown only now: ${gateway.firstToken}\n`);
  }
  process.stdout.write(`wxgraph ready at ${gateway.url}\n`);
  stopOnSignals(() => gateway.stop());
} catch (error) {
  const expected = error instanceof ConfigError || error instanceof SealError || error instanceof StoreError;
  const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const words = expected || inUse ? (error as Error).message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`wxgraph cannot start. ${words}\n`);
  process.exitCode = 1;
}
