import type { Browser } from 'playwright-core';

/** A film of half a second and 64 by 48 pixels, in MP4. */
export async function makeVideo(browser: Browser): Promise<Buffer<ArrayBuffer>> {
  const page = await browser.newPage();
  const bytes = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
    const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/mp4' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((done) => recorder.addEventListener('stop', done));
    const brush = canvas.getContext('2d')!;
    const from = performance.now();
    recorder.start();
    for (let now = from; now < from + 500;) {
      now = await new Promise<number>((done) => requestAnimationFrame(done));
      brush.fillStyle = `hsl(${now} 50% 50%)`;
      brush.fillRect(0, 0, 64, 48);
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  await page.close();
  return Buffer.from(bytes);
}
