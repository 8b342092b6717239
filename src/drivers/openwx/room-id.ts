/** Whether an id is a chat room's, by the plugin's own rule (Mojo-Weixin's `is_group_id`). */
export function isRoomId(wxid: string): boolean {
  return wxid.startsWith('@@') || wxid.endsWith('@chatroom');
}
