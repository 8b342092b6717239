/** Uploads a file; by the older interface of browsers, which tells how far it is. */
export function upload(file: File, progress: (percent: number) => void, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/media?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => progress((100 * loaded) / Math.max(total, 1)));
    request.addEventListener('load', () => {
      const answer = request.response as { media?: { id: string }; error?: string } | null;
      if (request.status === 201 && answer?.media) resolve(answer.media.id);
      else reject(new Error(answer?.error ?? `HTTP ${request.status}`));
    });
    request.addEventListener('error', () => reject(new Error('')));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
