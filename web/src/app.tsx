/** The panel: language and theme, who is signed in, and then the pages. */
import { ConfigProvider, Spin, theme as themes } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { Suspense, lazy, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { Provider } from 'urql';
import { type Live, follow } from './live/follow.ts';
import { connect } from './live/client.ts';
import { LiveContext } from './live/live.tsx';
import { Broken } from './parts/broken.tsx';
import { Saying } from './parts/say.tsx';
import { type Viewer, readViewer } from './session.ts';
import { type Chosen, keepChosen, readChosen } from './settings.ts';
import { nonce } from './nonce.ts';
import { Shell } from './shell.tsx';
import { ViewerContext } from './parts/viewer.ts';
import { LanguageContext } from './words/words.ts';

const SignIn = lazy(() => import('./sign-in.tsx'));
const Docs = lazy(() => import('./docs/docs-page.tsx'));

/** The documentation is for everybody, signed in or not. */
const isDocs = location.pathname === '/docs';

const dark = matchMedia('(prefers-color-scheme: dark)');
const motion = !matchMedia('(prefers-reduced-motion: reduce)').matches;

export function App() {
  const [chosen, setChosen] = useState(readChosen);
  const systemIsDark = useSyncExternalStore(
    (changed) => {
      dark.addEventListener('change', changed);
      return () => dark.removeEventListener('change', changed);
    },
    () => dark.matches,
  );
  const isDark = chosen.theme === 'dark' || (chosen.theme === 'auto' && systemIsDark);
  const choose = (next: Chosen): void => {
    keepChosen(next);
    setChosen(next);
  };
  useEffect(() => {
    document.documentElement.lang = chosen.language === 'zh' ? 'zh-CN' : 'en';
    document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
  }, [chosen.language, isDark]);
  return (
    <LanguageContext value={chosen.language}>
      <ConfigProvider
        csp={{ nonce }}
        locale={chosen.language === 'zh' ? zhCN : enUS}
        theme={{
          algorithm: isDark ? themes.darkAlgorithm : themes.defaultAlgorithm,
          // Dark enough on white, and light enough on black, to be read by everybody (WCAG AA).
          token: isDark
            ? {
                motion,
                colorPrimary: '#3fb37f',
                colorLink: '#69b1ff',
                colorError: '#ff7875',
                colorTextPlaceholder: '#9a9a9a',
                colorTextTertiary: '#a3a3a3',
              }
            : {
                motion,
                colorPrimary: '#0b7a3e',
                colorLink: '#0958d9',
                colorError: '#c4141d',
                colorTextPlaceholder: '#6b6b6b',
                colorTextDescription: '#5c5c5c',
                colorTextTertiary: '#5c5c5c',
                // What is chosen: of so dark a green antd makes a grey that nothing is readable on.
                controlItemBgActive: '#e3f3ea',
                controlItemBgActiveHover: '#d5ecdf',
              },
          components: {
            // White on the lighter colours of the dark theme is too faint.
            Button: isDark ? { primaryColor: '#04140c', dangerColor: '#240808' } : {},
            // The days of the months beside.
            DatePicker: { colorTextDisabled: isDark ? '#9a9a9a' : '#6b6b6b' },
            Menu: isDark
              ? { itemSelectedBg: '#14352a', itemSelectedColor: '#7fdcae' }
              : { itemSelectedBg: '#e3f3ea', itemSelectedColor: '#075c2e' },
          },
        }}
      >
        <Saying>
          <Broken>
            {isDocs ? (
              <Suspense fallback={<Spin className="center" size="large" />}>
                <Docs chosen={chosen} choose={choose} />
              </Suspense>
            ) : (
              <Gate chosen={chosen} choose={choose} />
            )}
          </Broken>
        </Saying>
      </ConfigProvider>
    </LanguageContext>
  );
}

type Held = { viewer: Viewer; live: Live };

/** Shows the pages to who is signed in, and to everybody else how to. */
function Gate({ chosen, choose }: { chosen: Chosen; choose: (next: Chosen) => void }) {
  const [generation, setGeneration] = useState(0);
  const [isSignedOut, setSignedOut] = useState(false);
  const [held, setHeld] = useState<Held | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  // Another session sees other things: nothing of an earlier one may stay in the cache.
  const connection = useMemo(() => connect(() => setSignedOut(true)), [generation]);

  useEffect(() => {
    let live: Live | undefined;
    let isLeft = false;
    async function enter(): Promise<void> {
      const viewer = await readViewer(connection.client);
      if (isLeft) return;
      setSignedOut(viewer === null);
      if (viewer === null) return;
      live = follow(connection.client, viewer.head, () => location.reload());
      setHeld({ viewer, live });
    }
    enter().catch((error: unknown) => !isLeft && setFailure(error));
    return () => {
      isLeft = true;
      live?.stop();
      connection.close();
    };
  }, [connection]);

  const again = (): void => {
    setHeld(null);
    setSignedOut(false);
    setFailure(null);
    setGeneration((before) => before + 1);
  };
  if (failure !== null) throw failure;
  if (isSignedOut) {
    return (
      <Suspense fallback={<Spin className="center" size="large" />}>
        <SignIn chosen={chosen} choose={choose} signedIn={again} />
      </Suspense>
    );
  }
  if (held === null) return <Spin className="center" size="large" />;
  return (
    <Provider value={connection.client}>
      <ViewerContext value={held.viewer}>
        <LiveContext value={held.live}>
          <Shell chosen={chosen} choose={choose} signedOut={again} />
        </LiveContext>
      </ViewerContext>
    </Provider>
  );
}
