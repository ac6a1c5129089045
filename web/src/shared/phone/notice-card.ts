/** A message to this user, or an alert to everybody in the area. */
export type NoticeCard = {
  kind: 'message' | 'alert';
  key: string;
  text: string;
  onDismiss: () => void;
};
