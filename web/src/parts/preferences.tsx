import { Segmented, Space } from 'antd';
import { createContext } from 'react';
import type { Chosen, Theme } from '../settings.ts';
import { useCommon } from '../words/common.ts';
import { languages } from '../words/words.ts';

export type Choosing = { chosen: Chosen; choose: (next: Chosen) => void };

/** For the pages. */
export const ChoosingContext = createContext<Choosing | null>(null);

/** Language and theme of this browser. */
export function Preferences({ chosen, choose }: Choosing) {
  const common = useCommon();
  const options: Theme[] = ['auto', 'light', 'dark'];
  return (
    <Space wrap>
      <Segmented
        aria-label={common.language}
        value={chosen.language}
        options={languages.map(({ key, name }) => ({ value: key, label: name }))}
        onChange={(language) => choose({ ...chosen, language })}
      />
      <Segmented
        aria-label={common.themeLabel}
        value={chosen.theme}
        options={options.map((value) => ({ value, label: common.theme[value] }))}
        onChange={(theme) => choose({ ...chosen, theme })}
      />
    </Space>
  );
}
