/** Tokens and webhooks, what this browser prefers, and what the gateway says of itself. */
import { Alert } from 'antd';
import { type ComponentType, lazy } from 'react';
import { Sections } from '../../parts/sections.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { GatewayFacts } from './gateway-facts.tsx';
import { PreferencesForm } from './preferences-form.tsx';
import { useSettingsWords } from './words.ts';

const Webhooks = lazy(async () => ({ default: (await import('./webhooks.tsx')).Webhooks }));
const Tokens = lazy(async () => ({ default: (await import('./tokens.tsx')).Tokens }));

const sections = [
  { name: 'tokens', Content: forAdmins(Tokens) },
  { name: 'webhooks', Content: forAdmins(Webhooks) },
  { name: 'preferences', Content: PreferencesForm },
  { name: 'gateway', Content: GatewayFacts },
] as const;

export default function SettingsPage() {
  const { tabs } = useSettingsWords();
  const isAdmin = useMay('ADMIN');
  const label = useCommon().pages.settings;
  return <Sections label={label} sections={sections} titles={tabs} initial={isAdmin ? 'tokens' : 'preferences'} />;
}

/** The same for administrators; the others are told so. */
function forAdmins(Content: ComponentType): ComponentType {
  return function ForAdmins() {
    const text = useSettingsWords();
    return useMay('ADMIN') ? <Content /> : <Alert type="info" showIcon title={text.onlyAdmin} />;
  };
}
