import type { App } from '../app.ts';

const atOnce = 200;

/**
 * Deletes the files that nothing points to any more: those of copies, of pictures that were replaced, of deleted accounts. What a
 * crash leaves in between is done the next time. Never rejects.
 */
export async function deleteUnusedFiles(app: App): Promise<void> {
  try {
    for (;;) {
      const files = await app.store.queries.unusedFiles(atOnce);
      if (files.length === 0) return;
      for (const file of files) await app.mediaStore.delete(file);
      await app.store.forgetFiles(files);
      if (app.stopping.aborted) return;
    }
  } catch (error) {
    app.log.error({ err: error }, 'unused files not deleted');
  }
}
