import { use } from 'react';
import { ChoosingContext, Preferences } from '../../parts/preferences.tsx';
import { useSettingsWords } from './words.ts';

export function PreferencesForm() {
  const { preferences: text } = useSettingsWords();
  const choosing = use(ChoosingContext);
  return (
    <>
      <p className="dim">{text.about}</p>
      {choosing && <Preferences {...choosing} />}
    </>
  );
}
