import { message } from 'antd';
import { type ReactNode, createContext, use } from 'react';

type Say = Pick<ReturnType<typeof message.useMessage>[0], 'error' | 'success'>;

const SayContext = createContext<Say | null>(null);

/** Short words about what just happened, for a few seconds at the top of the page. */
export function Saying({ children }: { children: ReactNode }) {
  const [say, place] = message.useMessage();
  return (
    <SayContext value={say}>
      {place}
      {children}
    </SayContext>
  );
}

export function useSay(): Say {
  const say = use(SayContext);
  if (say === null) throw new Error('Nothing can be said here.');
  return say;
}
