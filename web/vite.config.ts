import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npx vite web` serves the panel while it is worked on; the gateway's routes come from the one at WXGRAPH_URL. */
const gateway = process.env['WXGRAPH_URL'] ?? 'http://127.0.0.1:4000';

export default defineConfig({
  root: import.meta.dirname,
  // Assets only: the pages are at `/` and `/panel/…`.
  base: '/panel/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // Browsers with light-dark(): where it is rewritten for older ones, it no longer follows the theme that the reader chose.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        // The shell and the page that it begins with are one file: in small ones that other pages share they are larger by a tenth.
        codeSplitting: {
          groups: [
            {
              name: 'first',
              test: /web\/src\/(main|pages\/accounts\/accounts-page)\.tsx$/,
              includeDependenciesRecursively: true,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/graphql', '/media', '/events', '/session', '/sign-in'].map((path) => [path, { target: gateway, ws: true }]),
    ),
  },
});
