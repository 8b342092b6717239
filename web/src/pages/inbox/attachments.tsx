import { CloseOutlined } from '@ant-design/icons';
import { Button, Progress } from 'antd';
import { useState } from 'react';
import { useSay } from '../../parts/say.tsx';
import { upload } from '../../parts/upload.ts';
import { useViewer } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import type { OpenChat } from './inbox.ts';
import { showSize } from './media.tsx';
import type { ReplyContent } from './reply.ts';
import { useInboxWords } from './words.ts';

type Attached = { key: number; file: File; percent: number; content: ReplyContent | null; stop: AbortController };
type Capability = OpenChat['account']['capabilities'][number];

let lastKey = 0;

/** Files that are brought to the gateway while the reader still writes. */
export function useAttachments() {
  const text = useInboxWords();
  const say = useSay();
  const common = useCommon();
  const { gateway } = useViewer();
  const [files, setFiles] = useState<readonly Attached[]>([]);

  const change = (key: number, what: Partial<Attached>): void =>
    setFiles((before) => before.map((one) => (one.key === key ? { ...one, ...what } : one)));
  function remove(key: number): void {
    setFiles((before) => {
      before.find((one) => one.key === key)?.stop.abort();
      return before.filter((one) => one.key !== key);
    });
  }
  async function bring(file: File, kind: 'image' | 'video' | 'file'): Promise<void> {
    const key = (lastKey += 1);
    const stop = new AbortController();
    setFiles((before) => [...before, { key, file, percent: 0, content: null, stop }]);
    try {
      const mediaId = await upload(file, (percent) => change(key, { percent }), stop.signal);
      change(key, { content: contentOf(kind, mediaId), percent: 100 });
    } catch (error) {
      remove(key);
      const why = error instanceof Error && error.message !== '' ? error.message : common.unreachable;
      void say.error(`${file.name}: ${why}`, 6);
    }
  }
  function add(given: readonly File[], capabilities: readonly Capability[]): void {
    for (const file of given) {
      const kind = kindOf(file, capabilities);
      if (file.size > gateway.maxUploadBytes) {
        void say.error(`${file.name}: ${text.tooLarge(showSize(gateway.maxUploadBytes)!)}`, 6);
      } else if (kind === null) void say.error(`${file.name}: ${text.cannotSendKind}`, 6);
      else void bring(file, kind);
    }
  }
  return { files, add, remove, isBusy: files.some(({ content }) => content === null) };
}

function contentOf(kind: 'image' | 'video' | 'file', mediaId: string): ReplyContent {
  if (kind === 'image') return { image: { mediaId } };
  return kind === 'video' ? { video: { mediaId } } : { file: { mediaId } };
}

/** As what the account can send it: pictures and videos as such, or as a file. */
function kindOf({ type }: File, capabilities: readonly Capability[]): 'image' | 'video' | 'file' | null {
  if (type.startsWith('image/') && capabilities.includes('SEND_IMAGE')) return 'image';
  if (type.startsWith('video/') && capabilities.includes('SEND_VIDEO')) return 'video';
  return capabilities.includes('SEND_FILE') ? 'file' : null;
}

export function Attachments({ files, remove }: ReturnType<typeof useAttachments>) {
  const text = useInboxWords();
  return files.map(({ key, file, percent, content }) => (
    <div key={key} className="inbox-attachment" data-ready={content !== null}>
      <span className="grow inbox-cut">
        {file.name} <span className="dim">{showSize(file.size)}</span>
      </span>
      {content === null && <Progress percent={Math.round(percent)} size="small" aria-label={file.name} />}
      <Button
        size="small"
        type="text"
        icon={<CloseOutlined />}
        aria-label={text.remove(file.name)}
        onClick={() => remove(key)}
      />
    </div>
  ));
}
