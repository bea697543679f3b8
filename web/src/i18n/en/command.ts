export default {
  title: 'Province command', part: { network: 'whole network', centre: 'cases of this centre', hospital: 'cases of this hospital', own: 'cases you take part in' },
  live: 'Live · {{time}}', stale: 'Line down: the numbers stand at {{time}}, reconnecting', ended: 'The session has ended: the numbers stand at {{time}}. Please sign in again', ended_first: 'The session has ended. Please sign in again.',
  disk_full: 'The server’s disk is full: hospitals can send and sign nothing for now; nothing new enters the numbers.', disk_damaged: 'The server’s database is damaged: hospitals can send and sign nothing for now; nothing new enters the numbers.', disk_read_only: 'The server’s disk takes no writes: hospitals can send and sign nothing for now; nothing new enters the numbers.',
  wall: 'Wall screen', numbers: 'Key numbers', open: 'Open “{{what}}”: rule and details',
  figure: { connected: 'Connected', today: 'Today', in_session: 'In session', waiting: 'Waiting', overdue: 'Overdue', consulted: 'Consulted today' },
  connected_of: '{{joined}} joined, {{missing}} not yet', people: '{{n}} patients', under_today: 'handed in today', under_in_session: 'both sides in the room', overdue_some: 'past their time limit', overdue_none: 'all within their time',
  state: { emergency: 'Emergency waiting', session: 'In session', connected: 'Connected', quiet: 'Not online', 'not-joined': 'Not joined' },
  waits: '{{n}} waiting', asked_today: '{{n}} handed in today', who_waits: 'Hospitals that wait', nobody_waits: 'No hospital is waiting', since: 'waiting {{span}}', more_wait: '{{n}} more hospitals wait',
  trend: '24 hours', asked: 'Handed in', signed: 'Signed', trend_label: 'Last 24 hours: {{asked}} handed in, {{signed}} signed', by_city: 'Handed in today, by city', none_today: 'Nothing handed in today', more_cities: '{{n}} in the other cities',
  map: 'Hospitals', map_label: '{{n}} hospitals on the map with their state; the list says the same', map_failed: 'The map could not be fetched.', view: 'View', as_map: 'Map', as_list: 'List', legend: 'Legend', by_state: 'Filter by state', heard: 'last {{time}}',
  now: 'Now', last_heard: 'Last activity', never: 'none', three: 'Emergency {{emergency}} · urgent {{urgent}} · routine {{routine}}', rule: 'Rule', version: '{{code}} · version {{version}}', query: 'Query', cases: 'Cases counted', those_connected: 'Hospitals connected',
  no_cases: 'No case is counted', handed_in: 'handed in {{time}}', not_yours: 'This case is not yours to open', listed: '{{n}} of {{of}} listed', figures_only: 'Your role sees numbers and rules, not the cases behind them.',
};
