/** E云's API. What differs from the real one stands in docs/compatibility-ecloud.md. */
import { type Face, changes, facePaths, reads, sends } from './face.ts';

const account = { wId: '00001' };
const contact = { ...account, wcId: 'filehelper' };
const received = { ...contact, content: '<msg>…</msg>' };
const room = { ...account, chatRoomId: 'xxx@chatroom' };
const picture = 'https://example.com/holiday.png';

const face: Face = {
  prefix: '/',
  style: 'json',
  answer: {
    text: { zh: 'code 为 1000 表示成功，1001 表示失败', en: '`code` 1000 means done, 1001 not' },
    example: { code: '1000', message: '处理成功', data: null },
  },
  fields: {
    wId: { zh: '账号 ID，如 00001', en: 'The id of the account, such as 00001' },
    wcId: { zh: '微信 id', en: 'The WeChat id' },
    wcIds: { zh: '微信 id 列表', en: 'WeChat ids' },
    cdnUrl: {
      zh: '回调里的 cdnmidimgurl、cdnvideourl 或 cdnattachurl',
      en: 'The `cdnmidimgurl`, `cdnvideourl` or `cdnattachurl` of a callback',
    },
    account: { zh: '任意', en: 'Anything' },
    password: { zh: '本网关的令牌', en: 'A token of this gateway' },
    verifyCode: { zh: '登录时要求的验证码', en: 'The code that a login asks for' },
    remark: { zh: '备注；空为清除', en: 'The remark; empty takes it away' },
    operType: { zh: '1 置顶，0 取消', en: '1 pins, 0 unpins' },
    v1: { zh: 'searchUser 或好友请求里的 v1', en: 'The `v1` of searchUser or of a friend request' },
    v2: { zh: '不使用', en: 'Not used' },
    verify: { zh: '验证消息', en: 'What to say to them' },
    chatRoomId: { zh: '群 id', en: 'The chat room' },
    memberWcId: { zh: '群成员的微信 id', en: 'The member' },
    userList: { zh: '微信 id，用逗号分隔', en: 'WeChat ids, with commas' },
    topic: { zh: '群名', en: 'Its name' },
    content: { zh: '内容：文本、地址或新名称', en: 'What it is about: a text, an address or the new name' },
    path: { zh: '文件地址', en: 'The address of the file' },
    fileName: { zh: '文件名', en: 'Its name' },
    base64: { zh: '文件内容，base64', en: 'The file in base64' },
    at: { zh: '被 @ 的微信 id，用逗号分隔', en: 'Who is mentioned: WeChat ids, with commas' },
    msgId: { zh: '回调里的 msgId', en: 'The `msgId` of the callback' },
    newMsgId: { zh: '消息的 newMsgId', en: 'The `newMsgId` of the message' },
    id: { zh: 'asynGetMsgVideo 返回的 id', en: 'The id that asynGetMsgVideo told' },
    httpUrl: { zh: '回调地址', en: 'Where events are posted' },
    type: { zh: '只能是 2', en: '2 and nothing else' },
  },
  rows: [
    reads('member/login', 'login', '用令牌登录，得到 Authorization', 'Sign in with a token, for the Authorization', {
      account: 'any',
      password: 'wxg_…',
    }),
    reads('queryLoginWx', 'login', '在线的账号', 'Accounts that are online'),
    reads('isOnline', 'login', '账号是否在线', 'Whether an account is online', account),
    reads('offlineReason', 'login', '掉线原因', 'Why an account is offline', { wcId: 'wxid_xxx' }),
    changes('iPadLogin', 'login', '开始登录，得到二维码', 'Begin a login, for the QR code', { wcId: '00001' }),
    changes('localIPadLogin', 'login', '开始登录，得到二维码', 'Begin a login, for the QR code', { wcId: '00001' }),
    changes(
      'getIPadLoginInfo',
      'login',
      '等待扫码登录完成，最多 250 秒',
      'Wait for the phone, 250 s at most',
      account,
      ['verifyCode'],
    ),
    changes('secondLogin', 'login', '二次登录', 'Log in again', { wcId: 'wxid_xxx' }),
    changes('logout', 'login', '退出微信登录', 'Log the account out of WeChat', account),
    changes('member/offline', 'login', '退出多个账号的微信登录', 'Log several accounts out of WeChat', {
      wcIds: ['wxid_xxx'],
    }),
    changes('initAddressList', 'contacts', '重新获取通讯录', 'Fetch the contacts anew', account),
    reads('getAddressList', 'contacts', '通讯录', 'Ids of all contacts', account),
    reads('getContact', 'contacts', '联系人信息', 'What is known of contacts', contact),
    changes('modifyRemark', 'contacts', '修改备注', 'Set a remark', { ...contact, remark: '张三' }),
    changes('setTop', 'contacts', '置顶或取消', 'Pin or unpin', { ...contact, operType: '1' }),
    reads('searchUser', 'contacts', '搜索用户', 'Look somebody up', { ...account, wcId: 'somebody' }),
    sends('addUser', 'contacts', '添加好友', 'Ask somebody to become a friend', { ...account, v1: 'v1_xxx@stranger' }, [
      'v2',
      'verify',
    ]),
    changes(
      'acceptUser',
      'contacts',
      '接受好友请求',
      'Accept a friend request',
      { ...account, v1: 'v1_xxx@stranger' },
      ['v2'],
    ),
    sends(
      'addRoomMemberFriend',
      'contacts',
      '添加群成员为好友',
      'Ask a member to become a friend',
      { ...room, memberWcId: 'wxid_xxx' },
      ['content'],
    ),
    reads('getChatRoomInfo', 'rooms', '群信息', 'What is known of a chat room', room),
    reads('getChatRoomMember', 'rooms', '群成员', 'Its members', room),
    reads('getChatRoomMemberInfo', 'rooms', '群成员详情', 'What is known of members', { ...room, userList: 'wxid_a' }),
    changes('createChatroom', 'rooms', '建群', 'Make a chat room', { ...account, userList: 'wxid_a,wxid_b' }, [
      'topic',
    ]),
    changes('addChatRoomMember', 'rooms', '添加群成员', 'Add members', { ...room, userList: 'wxid_a' }),
    changes('inviteChatRoomMember', 'rooms', '邀请群成员', 'Invite members', { ...room, userList: 'wxid_a' }),
    changes('deleteChatRoomMember', 'rooms', '移出群成员', 'Remove members', { ...room, userList: 'wxid_a' }),
    changes('modifyGroupName', 'rooms', '修改群名', 'Rename a chat room', { ...room, content: '新群名' }),
    changes('modifyGroupRemark', 'rooms', '修改群备注', 'Set the remark of a chat room', { ...room, content: '备注' }),
    sends('sendText', 'sending', '发送文本', 'Send a text', { ...contact, content: '天行健,君子以自强不息' }, ['at']),
    sends('sendImage2', 'sending', '发送图片', 'Send a picture', { ...contact, content: picture }),
    sends('sendImage', 'sending', '发送图片（旧）', 'Send a picture (older)', { ...contact, content: picture }),
    sends('sendFile', 'sending', '发送文件', 'Send a file', { ...contact, path: picture, fileName: 'holiday.png' }),
    sends('sendFileBase64', 'sending', '发送文件（base64）', 'Send a file in base64', {
      ...contact,
      fileName: 'hello.txt',
      base64: 'aGVsbG8=',
    }),
    sends('sendVideo', 'sending', '发送视频', 'Send a video', { ...contact, path: 'https://example.com/holiday.mp4' }, [
      'fileName',
    ]),
    sends('sendVoice', 'sending', '发送语音', 'Send a voice', {
      ...contact,
      content: 'https://example.com/hello.silk',
    }),
    sends('sendRecvImage', 'sending', '转发收到的图片', 'Send a picture on that came in', received),
    sends('sendRecvVideo', 'sending', '转发收到的视频', 'Send a video on that came in', received),
    sends('sendRecvFile', 'sending', '转发收到的文件', 'Send a file on that came in', received),
    changes('revokeMsg', 'sending', '撤回消息', 'Take a message back', { ...contact, newMsgId: '12' }),
    reads('getMsgImg', 'sending', '下载图片', 'The address of a picture', { ...account, msgId: '12' }),
    reads('getMsgFile', 'sending', '下载文件', 'The address of a file', { ...account, msgId: '12' }),
    reads('getMsgVoice', 'sending', '下载语音', 'The address of a voice', { ...account, msgId: '12' }),
    reads('getMsgEmoji', 'sending', '下载表情', 'The address of a sticker', { ...account, msgId: '12' }),
    reads('cdnDownFile', 'sending', '按回调里的 CDN 地址下载', 'The address of what a callback told', {
      ...account,
      cdnUrl: 'xxx',
    }),
    reads('asynGetMsgVideo', 'sending', '开始下载视频', 'Begin to fetch a video', { ...account, msgId: '12' }),
    reads('getMsgVideoRes', 'sending', '视频下载结果', 'The address of a video', { id: 'media_12' }),
    changes('setHttpCallbackUrl', 'callbacks', '设置回调地址', 'Say where events are posted', {
      httpUrl: 'https://example.com/callback',
      type: '2',
    }),
    changes('cancelHttpCallbackUrl', 'callbacks', '取消回调', 'Post events no longer'),
    reads('getHttpCallbackUrl', 'callbacks', '查询回调地址', 'Where events are posted'),
  ],
};

export const ecloudPaths = facePaths(face);
