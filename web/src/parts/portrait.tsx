import { Avatar } from 'antd';

/** The picture of somebody; the first character of the name where there is none, or where it cannot be had. */
export function Portrait({ url, name, size = 32 }: { url: string | null; name: string; size?: number }) {
  return (
    <Avatar size={size} src={url ?? undefined} shape="square" alt="" style={{ background: '#5c6b73', flex: 'none' }}>
      {[...name][0]}
    </Avatar>
  );
}
