/** Key of a quick reply. */
export type QuickReply =
  | 'on_my_way'
  | 'here'
  | 'where_are_you'
  | 'two_minutes'
  | 'running_late'
  | 'traffic'
  | 'coming_out'
  | 'at_the_entrance'
  | 'call_me'
  | 'ok'
  | 'thanks';

/** Texts that apps can suggest; they are sent like any other message. */
export const QUICK_REPLIES: Readonly<Record<QuickReply, string>> = {
  on_my_way: 'I’m on my way',
  here: 'I’m here',
  where_are_you: 'Where are you?',
  two_minutes: 'I’ll be there in two minutes',
  running_late: 'I’m running a few minutes late',
  traffic: 'I’m in heavy traffic',
  coming_out: 'I’m coming out now',
  at_the_entrance: 'I’m at the entrance',
  call_me: 'Please call me',
  ok: 'OK',
  thanks: 'Thank you',
};
