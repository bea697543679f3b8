// Who, when and where, in words.
import { useCallback } from 'react';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../ui/names';
import type { Meeting, Room, Specialist } from './shape';

export function usePeopleWords(): (people: Specialist[]) => string {
  const { t } = useTranslation();
  const { name } = useNames();
  return useCallback((people: Specialist[]) => people.map((one) => (one.person ? name(one.person) : t('plan.somebody'))).join(t('ui.list_sep')), [t, name]);
}

export const timesOf = (meeting: Meeting): string => `${dayjs(meeting.start).format('HH:mm')}–${dayjs(meeting.start).add(meeting.minutes, 'minute').format('HH:mm')}`;

export function useWhereWords(rooms: Room[]): (meeting: Meeting) => string {
  const { t } = useTranslation();
  const { name } = useNames();
  return useCallback((meeting: Meeting) => {
    if (meeting.virtual) return t('consult.virtual_room');
    const room = rooms.find((one) => one.id === meeting.room);
    return room ? name(room) : t(meeting.room ? 'plan.other_room' : 'plan.extra_room');
  }, [rooms, name, t]);
}

export function useMeetingWords(rooms: Room[]): (meeting: Meeting) => string {
  const people = usePeopleWords();
  const where = useWhereWords(rooms);
  return useCallback((meeting: Meeting) => `${people(meeting.experts)} · ${timesOf(meeting)} · ${where(meeting)}`, [people, where]);
}
