/** Ends in order at SIGINT and SIGTERM; a second signal ends at once. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      const patience = 'Ending: what is under way may take some seconds. Once more to end at once.\n';
      if (process.stderr.isTTY) setTimeout(() => process.stderr.write(patience), 1_000).unref();
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`wxgraph did not end in order. ${String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
}
