/** Pictures, voices, videos and files of messages. Their addresses live for ten minutes, and are asked for again by what fails after. */
import { DownloadOutlined, FileOutlined } from '@ant-design/icons';
import { Button, Modal, Tag } from 'antd';
import { useState } from 'react';
import { useClient } from 'urql';
import { graphql } from '../../graphql.ts';
import type { LiveMessage } from '../../live/message.ts';
import { isOver } from '../../parts/portrait.tsx';
import { useInboxWords } from './words.ts';

type Content = Extract<LiveMessage['content'], { __typename: 'MediaContent' }>;
type Media = Content['media'];
type Addresses = Pick<Media, 'url' | 'wavUrl'>;

const mediaDocument = graphql(`
  query MediaAgain($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Media {
        status
        url
        wavUrl
      }
    }
  }
`);

const largest = 240;

export function MediaView({ media, kind }: { media: Media; kind: LiveMessage['kind'] }) {
  const text = useInboxWords();
  const { url, wavUrl, isRenewed, renew } = useAddresses(media);
  if (media.status !== 'READY' || url === null) return <Waiting media={media} />;
  const mime = media.mime ?? '';
  if ((kind === 'IMAGE' || kind === 'EMOJI') && mime.startsWith('image/')) {
    return <Picture media={media} url={url} renew={renew} />;
  }
  if (kind === 'VIDEO' && canPlay('video', mime)) {
    return (
      <video controls preload="metadata" src={url} onError={renew} className="inbox-media" aria-label={text.video} />
    );
  }
  if (kind === 'VOICE') {
    const playable = canPlay('audio', mime) ? url : wavUrl;
    return <Voice media={media} url={url} playable={playable} isRenewed={isRenewed} renew={renew} />;
  }
  return <Download media={media} url={url} note={null} />;
}

/** The addresses, and what asks for new ones where they are over. */
function useAddresses(media: Media): Addresses & { isRenewed: boolean; renew: () => Promise<void> } {
  const client = useClient();
  const [again, setAgain] = useState<(Addresses & { of: string }) | null>(null);
  const isRenewed = again !== null && again.of === media.url;
  const { url, wavUrl } = isRenewed ? again : media;
  async function renew(): Promise<void> {
    if (url === null || !isOver(url)) return;
    const { data } = await client.query(mediaDocument, { id: media.id }, { requestPolicy: 'network-only' }).toPromise();
    if (media.url && data?.node?.__typename === 'Media' && data.node.url) setAgain({ ...data.node, of: media.url });
  }
  return { url, wavUrl, isRenewed, renew };
}

function Waiting({ media: { status, name, durationMs, size } }: { media: Media }) {
  const text = useInboxWords();
  const facts = [name, showSeconds(durationMs), showSize(size)].filter(Boolean).join(' · ');
  return (
    <span>
      <FileOutlined /> {facts} <Tag>{text.media[status === 'READY' ? 'PENDING' : status]}</Tag>
    </span>
  );
}

type VoiceProps = { media: Media; url: string; playable: string | null; isRenewed: boolean; renew: () => void };

/** Nothing of it is asked for before it is to be heard: the gateway may have to decode it. */
function Voice({ media, url, playable, isRenewed, renew }: VoiceProps) {
  const text = useInboxWords();
  const [isBroken, setBroken] = useState(false);
  if (playable === null || isBroken) return <Download media={media} url={url} note={text.cannotPlay} />;
  return (
    <span className="inbox-voice">
      <audio
        controls
        preload="none"
        src={playable}
        // Whoever pressed on an address that was over hears it at the new one.
        autoPlay={isRenewed}
        onError={() => (isOver(playable) ? renew() : setBroken(true))}
        aria-label={text.voice}
      />
      <span className="dim">{showSeconds(media.durationMs)}</span>
    </span>
  );
}

function Picture({ media: { width, height, name }, url, renew }: { media: Media; url: string; renew: () => void }) {
  const text = useInboxWords();
  const [isOpen, setOpen] = useState(false);
  // Its place is kept while it loads, so that nothing around it moves.
  const scale = width && height ? Math.min(1, largest / Math.max(width, height)) : null;
  const alt = name ?? text.picture;
  return (
    <>
      <button
        type="button"
        className="inbox-picture"
        onClick={() => setOpen(true)}
        aria-label={`${text.enlarge}: ${alt}`}
      >
        <img
          src={url}
          alt={alt}
          onError={renew}
          className="inbox-media"
          width={scale === null ? undefined : Math.round(width! * scale)}
          height={scale === null ? undefined : Math.round(height! * scale)}
        />
      </button>
      <Modal open={isOpen} onCancel={() => setOpen(false)} footer={null} width="min(96vw, 1100px)" title={alt} centered>
        <img src={url} alt={alt} onError={renew} className="inbox-large" />
        <Button icon={<DownloadOutlined />} href={url} download={name ?? true}>
          {text.download}
        </Button>
      </Modal>
    </>
  );
}

function Download({
  media: { name, size, durationMs },
  url,
  note,
}: {
  media: Media;
  url: string;
  note: string | null;
}) {
  const text = useInboxWords();
  return (
    <div>
      <FileOutlined /> <strong className="pre">{name ?? text.file}</strong>
      <div className="dim">{[showSeconds(durationMs), showSize(size), note].filter(Boolean).join(' · ')}</div>
      <Button size="small" icon={<DownloadOutlined />} href={url} download={name ?? true}>
        {text.download}
      </Button>
    </div>
  );
}

function canPlay(element: 'audio' | 'video', mime: string): boolean {
  return document.createElement(element).canPlayType(mime) !== '';
}

function showSeconds(ms: number | null): string | null {
  return ms === null ? null : `${Math.round(ms / 1000)}″`;
}

export function showSize(bytes: number | null): string | null {
  if (bytes === null) return null;
  if (bytes < 1000) return `${bytes} B`;
  const [unit, size] = bytes < 1024 * 1024 ? ['kB', bytes / 1024] : ['MB', bytes / 1024 / 1024];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
