/** The routes of Openwx and of its Controller. What differs from the real ones stands in docs/compatibility-openwx.md. */
import { type Face, changes, facePaths, reads, sends } from './face.ts';

const client = { client: '00001' };
const friend = { ...client, id: 'filehelper' };
const room = { ...client, id: 'xxx@chatroom' };
/** By which contacts are found. */
const attributes = ['id', 'account', 'displayname', 'markname'];
const media = ['media_path', 'media_id', 'media_data', 'media_type', 'media_name'];

const face: Face = {
  prefix: '/openwx/',
  style: 'form',
  answer: {
    text: { zh: 'JSON：code 为 0 表示成功，status 是说明', en: 'JSON: `code` 0 means done, `status` says it in words' },
    example: { code: 0, status: 'success' },
  },
  fields: {
    client: {
      zh: '账号：ID 或名称；只有一个账号时可省略',
      en: 'The account: its id or its name; not needed where there is one alone',
    },
    id: { zh: '联系人、群或消息的 id', en: 'The id of the contact, chat room or message' },
    account: { zh: '微信号', en: 'The WeChat id that its owner chose' },
    displayname: { zh: '显示名称', en: 'The name that is shown' },
    markname: { zh: '备注', en: 'The remark' },
    group_id: { zh: '成员所在的群', en: 'The chat room that the member is in' },
    new_markname: { zh: '新备注；空为清除', en: 'The new remark; empty takes it away' },
    op: { zh: '1 置顶（默认），0 取消', en: '1 pins (unless given), 0 unpins' },
    verify: { zh: '验证消息', en: 'What to say to them' },
    ticket: { zh: '好友请求事件里的 ticket', en: 'The `ticket` of the event' },
    friends: { zh: '好友 id，用逗号分隔', en: 'Ids of friends, with commas' },
    members: { zh: '群成员 id，用逗号分隔', en: 'Ids of members, with commas' },
    new_displayname: { zh: '新群名', en: 'The new name' },
    content: { zh: '文本', en: 'The text' },
    async: { zh: '1：不等待结果', en: '1: the outcome is not waited for' },
    media_path: {
      zh: '媒体：地址，或 WXGRAPH_MEDIA_ROOTS 里的路径',
      en: 'Media: an address, or a path in WXGRAPH_MEDIA_ROOTS',
    },
    media_id: { zh: '媒体：upload_media 返回的 id', en: 'Media: the id that upload_media told' },
    media_data: { zh: '媒体：内容本身（multipart）', en: 'Media: the bytes themselves (multipart)' },
    media_type: { zh: '媒体类型', en: 'What kind of media it is' },
    media_name: { zh: '文件名', en: 'Its name' },
    timeout: {
      zh: '等待回复的秒数，默认 30，最多 50',
      en: 'Seconds to wait for the reply: 30 unless given, 50 at most',
    },
    consumer: { zh: '同一令牌的多个客户端各自的名称', en: 'Tells several clients of one token apart' },
    post_api: { zh: '事件上报地址；空为不上报', en: 'Where events are posted; empty: nowhere' },
    post_event: { zh: '0：只上报消息', en: '0: messages alone' },
    post_event_list: { zh: '只要这些事件，用逗号分隔', en: 'These events only, with commas' },
    post_media_data: { zh: '0：不带媒体内容', en: '0: without the bytes of media' },
  },
  rows: [
    reads('get_client_info', 'login', '账号的运行信息', 'How an account runs', client),
    reads('check_client', 'login', '账号的状态，省略 client 为全部', 'States of all accounts, or of one', {}, [
      'client',
    ]),
    reads('get_qrcode', 'login', '登录二维码（图片）', 'The QR code to scan, as a picture', client),
    changes(
      'start_client',
      'login',
      '启动账号，并设置事件上报',
      'Start an account, and say where its events go',
      client,
      ['post_api', 'post_event', 'post_event_list', 'post_media_data'],
    ),
    changes('stop_client', 'login', '停止账号', 'Stop an account', client),
    reads('get_user_info', 'contacts', '账号自己的信息', 'The account itself', client),
    reads('get_friend_info', 'contacts', '好友列表', 'All friends', client),
    reads('search_friend', 'contacts', '按属性查找好友', 'Find friends by an attribute', friend, [
      'account',
      'displayname',
      'markname',
    ]),
    reads('get_avatar', 'contacts', '头像（图片）', 'A portrait, as a picture', friend, ['group_id']),
    changes('set_markname', 'contacts', '修改备注', 'Set a remark', { ...friend, new_markname: '张三' }, [
      'group_id',
      'account',
      'displayname',
      'markname',
    ]),
    changes(
      'set_friend_markname',
      'contacts',
      '修改好友备注',
      "Set a friend's remark",
      { ...friend, new_markname: '张三' },
      ['account', 'displayname', 'markname'],
    ),
    changes('stick', 'contacts', '置顶或取消', 'Pin or unpin', { ...friend, op: '1' }),
    sends('make_friend', 'contacts', '添加好友', 'Ask somebody to become a friend', { ...client, id: 'wxid_xxx' }, [
      'verify',
    ]),
    changes(
      'accept_friend_request',
      'contacts',
      '接受好友请求',
      'Accept a friend request',
      { ...client, ticket: '12' },
      ['id', 'displayname'],
    ),
    reads('get_group_info', 'rooms', '群列表，含成员', 'All chat rooms with their members', client),
    reads('get_group_basic_info', 'rooms', '群列表，不含成员', 'All chat rooms', client),
    reads('search_group', 'rooms', '按属性查找群', 'Find chat rooms by an attribute', room, ['displayname']),
    changes('create_group', 'rooms', '建群', 'Make a chat room', { ...client, friends: 'wxid_a,wxid_b' }, [
      'displayname',
    ]),
    changes('invite_friend', 'rooms', '邀请好友入群', 'Invite friends', { ...room, friends: 'wxid_a,wxid_b' }, [
      'displayname',
    ]),
    changes('kick_group_member', 'rooms', '移出群成员', 'Remove members', { ...room, members: 'wxid_a' }, [
      'displayname',
    ]),
    changes(
      'set_group_displayname',
      'rooms',
      '修改群名',
      'Rename a chat room',
      { ...room, new_displayname: '新群名' },
      ['displayname'],
    ),
    sends(
      'send_friend_message',
      'sending',
      '给好友发消息；id=@all 为全部好友',
      'Send to a friend; `id=@all` to all of them',
      { ...friend, content: '你好' },
      [...attributes.slice(1), ...media, 'async'],
    ),
    sends('send_group_message', 'sending', '给群发消息', 'Send to a chat room', { ...room, content: '你好' }, [
      'displayname',
      ...media,
      'async',
    ]),
    sends(
      'send_message',
      'sending',
      '给好友或群发消息（旧版）',
      'Send to either (of versions before)',
      { ...friend, content: '你好' },
      [...attributes.slice(1), ...media, 'async'],
    ),
    sends(
      'consult',
      'sending',
      '给好友发消息并等待回复',
      'Send to a friend and wait for the reply',
      { ...friend, content: '在吗' },
      [...attributes.slice(1), ...media, 'timeout'],
    ),
    changes('revoke_message', 'sending', '撤回消息', 'Take a message back', { ...client, id: '12' }),
    changes(
      'upload_media',
      'sending',
      '上传媒体，得到 media_id',
      'Keep media, for its `media_id`',
      { ...client, media_path: 'holiday.png' },
      ['media_data', 'media_type', 'media_name'],
    ),
    changes(
      'check_event',
      'callbacks',
      '取走上次之后的事件，最多等 30 秒',
      'Take what happened since the last time; waits for up to 30 s',
      { ...client, consumer: 'docs' },
      ['post_event_list', 'post_media_data'],
    ),
  ],
};

export const openwxPaths = facePaths(face);
