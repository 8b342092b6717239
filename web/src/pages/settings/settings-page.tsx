/** Tokens and webhooks, what this browser prefers, and what the gateway says of itself. */
import { Alert, Spin, Tabs } from 'antd';
import { type ComponentType, Suspense, lazy } from 'react';
import { useFilters } from '../../parts/filters.ts';
import { useMay } from '../../parts/viewer.ts';
import { GatewayFacts } from './gateway-facts.tsx';
import { PreferencesForm } from './preferences-form.tsx';
import { useSettingsWords } from './words.ts';

const Tokens = lazy(async () => ({ default: (await import('./tokens.tsx')).Tokens }));

const tabs = ['tokens', 'preferences', 'gateway'] as const;
const contents: Record<(typeof tabs)[number], ComponentType> = {
  tokens: Tokens,
  preferences: PreferencesForm,
  gateway: GatewayFacts,
};
const forAdmins: readonly string[] = ['tokens', 'webhooks'];

export default function SettingsPage() {
  const text = useSettingsWords();
  const filters = useFilters();
  const isAdmin = useMay('ADMIN');
  const tab = tabs.find((one) => one === filters.text('tab')) ?? (isAdmin ? 'tokens' : 'preferences');
  return (
    <div className="page">
      <Tabs
        activeKey={tab}
        onChange={(next) => filters.set({ tab: next })}
        destroyOnHidden
        items={tabs.map((key) => {
          const Content = contents[key];
          return {
            key,
            label: text.tabs[key],
            children:
              forAdmins.includes(key) && !isAdmin ? (
                <Alert type="info" showIcon title={text.onlyAdmin} />
              ) : (
                <Suspense fallback={<Spin className="center" />}>
                  <Content />
                </Suspense>
              ),
          };
        })}
      />
    </div>
  );
}
