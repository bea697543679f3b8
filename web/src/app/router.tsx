// Every address of the web app, and who must be signed in to see it.
import { QueryClient } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { closeEvents, openEvents } from '../api/events';
import { keepLive } from '../api/live';
import { isProblem } from '../api/problem';
import { meQuery } from '../api/session';
import { hasInbox } from '../care/consult/can';
import { rowsQuery } from '../care/consult/queries';
import { askFor, showOf } from '../care/consult/show';
import { home as homeOf } from '../platform/can';
import { Frame } from './Frame';
import { NotFound } from './NotFound';
import { RouteFailure } from './RouteFailure';
import { Shell } from './Shell';

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => isProblem(error) && (error.status === 0 || error.status >= 500) && count < 2,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

keepLive(client);

const root = createRootRoute({ component: () => <Frame><Outlet /></Frame>, notFoundComponent: NotFound, errorComponent: RouteFailure });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { to?: string } => (typeof search.to === 'string' && /^\/(?!\/)/.test(search.to) ? { to: search.to } : {}),
  beforeLoad: async ({ search }) => {
    const me = await client.ensureQueryData(meQuery).catch(() => null);
    if (me?.role) throw redirect({ href: search.to ?? homeOf(me) });
  },
  component: lazyRouteComponent(() => import('../platform/login/LoginPage'), 'LoginPage'),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search: Record<string, unknown>): { token?: string } => (typeof search.token === 'string' ? { token: search.token } : {}),
  component: lazyRouteComponent(() => import('../platform/login/SetupPage'), 'SetupPage'),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: (search: Record<string, unknown>): { token?: string } => (typeof search.token === 'string' ? { token: search.token } : {}),
  component: lazyRouteComponent(() => import('../platform/login/WelcomePage'), 'WelcomePage'),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ location }) => {
    const me = await client.ensureQueryData(meQuery);
    if (me?.role) return openEvents();
    closeEvents();
    throw redirect({ to: '/login', search: location.pathname === '/' ? {} : { to: location.href } });
  },
  component: () => <Shell><Outlet /></Shell>,
  notFoundComponent: NotFound,
  errorComponent: RouteFailure,
});
const home = createRoute({ getParentRoute: () => inside, path: '/', beforeLoad: async () => { const me = await client.ensureQueryData(meQuery); throw redirect({ to: me ? homeOf(me) : '/inbox' }); } });

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);
const inbox = createRoute({
  getParentRoute: () => inside,
  path: '/inbox',
  validateSearch: (search: Record<string, unknown>): { show?: string; q?: string; case?: string } => ({ show: text(search.show), q: text(search.q), case: text(search.case) }),
  loaderDeps: ({ search }) => ({ show: search.show, q: search.q }),
  // Asked for while the page's code is on its way. Not when a pointer merely passes over a link: looking is recorded.
  loader: ({ deps, cause }) => {
    const me = client.getQueryData(meQuery.queryKey);
    if (cause === 'enter' && me && hasInbox(me)) void client.prefetchInfiniteQuery(rowsQuery(client, askFor(showOf(deps.show), deps.q)));
  },
  component: lazyRouteComponent(() => import('../care/consult/inbox'), 'Inbox'),
});
const request = createRoute({
  getParentRoute: () => inside,
  path: '/cases/new',
  validateSearch: (search: Record<string, unknown>): { draft?: string; form?: 'emergency' | 'full'; resubmit?: string } => ({
    draft: text(search.draft), resubmit: text(search.resubmit), form: search.form === 'emergency' || search.form === 'full' ? search.form : undefined,
  }),
  component: lazyRouteComponent(() => import('../care/consult/request'), 'RequestPage'),
});
const detail = createRoute({
  getParentRoute: () => inside,
  path: '/cases/$id',
  validateSearch: (search: Record<string, unknown>): { tab?: string } => ({ tab: text(search.tab) }),
  component: lazyRouteComponent(() => import('../care/consult/case'), 'CasePage'),
});
const room = createRoute({
  getParentRoute: () => inside,
  path: '/cases/$id/room',
  component: lazyRouteComponent(() => import('../care/room/RoomPage'), 'RoomPage'),
});
const figures = createRoute({
  getParentRoute: () => inside,
  path: '/figures',
  validateSearch: (search: Record<string, unknown>): { from?: string; to?: string; open?: string } => ({ from: text(search.from), to: text(search.to), open: text(search.open) }),
  component: lazyRouteComponent(() => import('../command/figures/consulted'), 'FiguresPage'),
});

const reports = createRoute({
  getParentRoute: () => inside,
  path: '/reports',
  validateSearch: (search: Record<string, unknown>): { from?: string; to?: string; by?: string; show?: string; cell?: string; key?: string } => ({ from: text(search.from), to: text(search.to), by: text(search.by), show: text(search.show), cell: text(search.cell), key: text(search.key) }),
  component: lazyRouteComponent(() => import('../command/reports/ReportsPage'), 'ReportsPage'),
});

const plan = createRoute({
  getParentRoute: () => inside,
  path: '/plan',
  validateSearch: (search: Record<string, unknown>): { day?: string; rooms?: string; away?: string; show?: string } => ({ day: text(search.day), rooms: text(search.rooms), away: text(search.away), show: text(search.show) }),
  component: lazyRouteComponent(() => import('../care/schedule/PlanPage'), 'PlanPage'),
});

const rota = createRoute({
  getParentRoute: () => inside,
  path: '/plan/rota',
  validateSearch: (search: Record<string, unknown>): { week?: string } => ({ week: typeof search.week === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(search.week) ? search.week : undefined }),
  component: lazyRouteComponent(() => import('../care/schedule/RotaPage'), 'RotaPage'),
});

const referrals = createRoute({
  getParentRoute: () => inside,
  path: '/referrals',
  validateSearch: (search: Record<string, unknown>): { show?: string } => ({ show: text(search.show) }),
  component: lazyRouteComponent(() => import('../care/referral/list'), 'ReferralsPage'),
});
const referralNew = createRoute({
  getParentRoute: () => inside,
  path: '/referrals/new',
  validateSearch: (search: Record<string, unknown>): { patient?: string } => ({ patient: text(search.patient) }),
  component: lazyRouteComponent(() => import('../care/referral/request'), 'RequestPage'),
});
const referral = createRoute({
  getParentRoute: () => inside,
  path: '/referrals/$id',
  component: lazyRouteComponent(() => import('../care/referral/show'), 'ReferralPage'),
});
const beds = createRoute({ getParentRoute: () => inside, path: '/beds', component: lazyRouteComponent(() => import('../care/bed/board'), 'BedsPage') });

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: lazyRouteComponent(() => import('../platform/account/AccountPage'), 'AccountPage'),
});
const admin = createRoute({
  getParentRoute: () => inside,
  path: '/admin',
  component: lazyRouteComponent(() => import('../platform/admin/AdminLayout'), 'AdminLayout'),
});
const adminHospitals = createRoute({
  getParentRoute: () => admin,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { at?: string } => ({ at: text(search.at) }),
  component: lazyRouteComponent(() => import('../platform/admin/HospitalsPage'), 'HospitalsPage'),
});
const adminPeople = createRoute({
  getParentRoute: () => admin,
  path: '/people',
  validateSearch: (search: Record<string, unknown>): { q?: string; hospital?: string; role?: string; state?: string; page?: string; person?: string } => ({
    q: text(search.q), hospital: text(search.hospital), role: text(search.role), state: text(search.state), page: text(search.page), person: text(search.person),
  }),
  component: lazyRouteComponent(() => import('../platform/admin/PeoplePage'), 'PeoplePage'),
});
const adminImport = createRoute({
  getParentRoute: () => admin,
  path: '/import',
  component: lazyRouteComponent(() => import('../platform/admin/ImportPage'), 'ImportPage'),
});
const adminSettings = createRoute({
  getParentRoute: () => admin,
  path: '/settings',
  validateSearch: (search: Record<string, unknown>): { hospital?: string } => ({ hospital: text(search.hospital) }),
  component: lazyRouteComponent(() => import('../platform/admin/SettingsPage'), 'SettingsPage'),
});
const adminJoin = createRoute({
  getParentRoute: () => admin,
  path: '/join',
  component: lazyRouteComponent(() => import('../platform/admin/JoinPage'), 'JoinPage'),
});
const adminTrial = createRoute({
  getParentRoute: () => admin,
  path: '/join/$hospital/try',
  component: lazyRouteComponent(() => import('../platform/admin/trial/TrialPage'), 'TrialPage'),
});
const adminPrograms = createRoute({
  getParentRoute: () => admin,
  path: '/programs',
  component: lazyRouteComponent(() => import('../platform/admin/ProgramsPage'), 'ProgramsPage'),
});

const command = createRoute({
  getParentRoute: () => inside,
  path: '/command',
  validateSearch: (search: Record<string, unknown>): { wall?: '1'; open?: string; urgency?: string; hospital?: string } => ({ wall: search.wall === '1' ? '1' : undefined, open: text(search.open), urgency: text(search.urgency), hospital: text(search.hospital) }),
  component: lazyRouteComponent(() => import('../command/centre/CommandPage'), 'CommandPage'),
});

// The outbreak: the line list, a case, a report; its figures and alerts under the command page.
const outbreak = createRoute({
  getParentRoute: () => inside,
  path: '/outbreak',
  validateSearch: (search: Record<string, unknown>): { disease?: string; class?: string; grade?: string; hospital?: string; from?: string; to?: string; sort?: string } => ({
    disease: text(search.disease), class: text(search.class), grade: text(search.grade), hospital: text(search.hospital), from: text(search.from), to: text(search.to), sort: /^-?(reported|onset|severity|due)$/.test(String(search.sort)) ? String(search.sort) : undefined,
  }),
  component: lazyRouteComponent(() => import('../command/outbreak/ListPage'), 'ListPage'),
});
const outbreakReport = createRoute({
  getParentRoute: () => inside,
  path: '/outbreak/new',
  validateSearch: (search: Record<string, unknown>): { patient?: string } => ({ patient: text(search.patient) }),
  component: lazyRouteComponent(() => import('../command/outbreak/ReportPage'), 'ReportPage'),
});
const outbreakCase = createRoute({
  getParentRoute: () => inside,
  path: '/outbreak/$id',
  validateSearch: (search: Record<string, unknown>): { do?: 'type'; new?: '1' } => ({ do: search.do === 'type' ? 'type' : undefined, new: search.new === '1' ? '1' : undefined }),
  component: lazyRouteComponent(() => import('../command/outbreak/CasePage'), 'CasePage'),
});
const wall = createRoute({ getParentRoute: () => inside, path: '/wall', beforeLoad: () => { throw redirect({ to: '/command', search: { wall: '1' } }); } });
const commandOutbreak = createRoute({
  getParentRoute: () => inside,
  path: '/command/outbreak',
  validateSearch: (search: Record<string, unknown>): { from?: string; to?: string; as?: string; series?: string; day?: string } => ({ from: text(search.from), to: text(search.to), as: text(search.as), series: text(search.series), day: text(search.day) }),
  component: lazyRouteComponent(() => import('../command/outbreak/CommandOutbreak'), 'CommandOutbreak'),
});

const access = createRoute({
  getParentRoute: () => inside,
  path: '/access',
  validateSearch: (search: Record<string, unknown>): { tab?: string; case?: string; patient?: string; number?: string; person?: string; day?: string } => ({
    tab: text(search.tab), case: text(search.case), patient: text(search.patient), number: text(search.number), person: text(search.person), day: text(search.day),
  }),
  component: lazyRouteComponent(() => import('../care/access/AccessPage'), 'AccessPage'),
});

const jobs = createRoute({ getParentRoute: () => inside, path: '/jobs', component: lazyRouteComponent(() => import('../platform/jobs/DeadJobs'), 'DeadJobs') });

export const router = createRouter({
  routeTree: root.addChildren([login, setup, welcome, inside.addChildren([home, inbox, request, detail, room, referrals, referralNew, referral, beds, plan, rota, figures, reports, command, outbreak, outbreakReport, outbreakCase, commandOutbreak, wall, account, access, jobs, admin.addChildren([adminHospitals, adminPeople, adminImport, adminSettings, adminPrograms, adminJoin, adminTrial])])]),
  // Addresses a person can read and type: no JSON in them.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const said = new URLSearchParams(Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string')).toString();
    return said ? `?${said}` : '';
  },
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingMinMs: 0,
});
declare module '@tanstack/react-router' {
  interface Register { router: typeof router }
}
