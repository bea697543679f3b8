//! The report on paper: what the file says (`export`), with cells that belong together in one column, so that a page holds it.

use super::cell::Cell;
use super::count::By;
use super::sight::Sight;
use jiff::Zoned;
use jiff::civil::Date;
use platform::paper::{self, Line, Paper, measure};
use platform::{Lang, Op, Problem};

/// Letters of the table, points.
const SIZE: f32 = 7.5;
/// The first column: whose numbers they are. Points.
const NAME: f32 = 120.0;
/// Between columns, points.
const GAP: f32 = 5.0;
/// The long side lies.
const LIES: bool = true;

/// Columns: their heads in Chinese and English, and the cells that stand in each, one behind the other.
const COLUMNS: [([&str; 2], &[Cell]); 12] = [
    (["会诊", "Consul- tations"], &[Cell::All]),
    (["特急/加急/常规", "Emergency / urgent / routine"], &[Cell::Emergency, Cell::Urgent, Cell::Routine]),
    (["视频/病历", "Video / record"], &[Cell::Live, Cell::Record]),
    (["已签章", "Signed"], &[Cell::Signed]),
    (["首次查看 按时/应", "First look in time / due"], &[Cell::FirstLookKept, Cell::FirstLookDue]),
    (["专家到场 按时/应", "Expert in time / due"], &[Cell::ExpertKept, Cell::ExpertDue]),
    (["签署意见 按时/应", "Opinion in time / due"], &[Cell::OpinionKept, Cell::OpinionDue]),
    (["回复 按时/应", "Answer in time / due"], &[Cell::AcknowledgeKept, Cell::AcknowledgeDue]),
    (["采纳/部分/未", "Adopted / in part / not"], &[Cell::Adopted, Cell::Partly, Cell::NotAdopted]),
    (["沟通准确", "Accurate"], &[Cell::Accurate]),
    (["有往来", "With ex- changes"], &[Cell::Exchanged]),
    (["解决/已随访", "Solved / followed up"], &[Cell::Solved, Cell::FollowedUp]),
];
/// Behind the cells the file has exchanges, median and 90th percentile of the answers; the last two stand together.
const TIMES: [[&str; 2]; 2] =
    [["往来次数", "Ex- changes"], ["回应中位/第90百分位（分钟）", "Answer: median / 90th percentile, min"]];

/// What stands above the table.
pub struct About {
    lang: Lang,
    from: Date,
    to: Date,
    by: By,
    at: Zoned,
    centre: String,
}

impl About {
    /// Of this report.
    pub fn of(op: &Op, sight: &Sight, by: By, lang: Lang) -> Self {
        let at = op.now().to_zoned(op.platform().settings.time_zone());
        let (from, to) = (sight.span.from, sight.span.to);
        Self { lang, from, to, by, at, centre: op.platform().url().to_owned() }
    }

    fn word(&self, zh: &str, en: &str) -> String {
        if self.lang == Lang::Zh { zh.to_owned() } else { en.to_owned() }
    }

    fn by(&self) -> String {
        match self.by {
            By::Asking => self.word("按申请医院", "by asking hospital"),
            By::Advising => self.word("按会诊医院", "by advising hospital"),
            By::Department => self.word("按科室", "by department"),
            By::Expert => self.word("按专家", "by expert"),
            By::Month => self.word("按月", "by month"),
            By::Quarter => self.word("按季度", "by quarter"),
            By::Disease => self.word("按疾病", "by disease"),
            By::Chapter => self.word("按疾病章", "by chapter of diseases"),
        }
    }

    /// The PDF of a table as the file has it: head first, total last, columns key, name, `cells`, three of times.
    pub fn paper(&self, table: &[Vec<String>], cells: &[Cell]) -> Result<Vec<u8>, Problem> {
        let Some((_, rows)) = table.split_first() else { return Err(Problem::internal("a table without a head")) };
        let shown: Vec<&([&str; 2], &[Cell])> =
            COLUMNS.iter().filter(|(_, of)| of.iter().all(|cell| cells.contains(cell))).collect();
        let column = usize::from(self.lang != Lang::Zh);
        let mut head = vec![self.by()];
        head.extend(shown.iter().map(|(words, _)| words[column].to_owned()));
        head.extend(TIMES.iter().map(|words| words[column].to_owned()));
        #[expect(clippy::cast_precision_loss, reason = "fourteen at most")]
        let width = (measure(LIES) - NAME) / (head.len() - 1) as f32;
        let starts: Vec<f32> = std::iter::once(0.0)
            .chain((0..head.len() - 1).scan(NAME, |x, _| Some(std::mem::replace(x, *x + width))))
            .collect();
        let line = |texts| Line::columns(SIZE, texts, &starts, GAP, LIES);
        let row = |line: &Vec<String>| -> Option<Vec<String>> {
            let of = |cell: &Cell| line.get(2 + cells.iter().position(|c| c == cell)?).cloned();
            let mut texts = vec![line.get(1)?.clone()];
            for (_, of_column) in &shown {
                texts.push(of_column.iter().map(of).collect::<Option<Vec<_>>>()?.join(" / "));
            }
            let [exchanges, median, p90] = line.get(2 + cells.len()..)? else { return None };
            texts.push(exchanges.clone());
            texts.push(if median.is_empty() { "–".to_owned() } else { format!("{median} / {p90}") });
            Some(texts)
        };
        let title = self.word("会诊服务报告", "Service report");
        let span = format!("{} – {}    {}    {}", self.from, self.to, self.by(), self.centre);
        let note = self.word(
            "“*”：少于5例的数字及可由此推算出的数字不列出。规则与逐例清单见中心系统“会诊统计”。",
            "\"*\": numbers under 5, and those from which they could be reckoned, are not shown. Rules, and the cases behind each number: see Reports at the centre.",
        );
        let made = format!("{} {}", self.word("制表", "Made"), self.at.strftime("%Y-%m-%d %H:%M (UTC%:z)"));
        let top = line(head);
        let mut lines = vec![Line::of(16.0, title.clone(), LIES), Line::of(9.0, span, LIES), top.clone()];
        for texts in rows {
            lines.push(line(row(texts).ok_or_else(|| Problem::internal("a row without a cell of its head"))?));
        }
        lines.extend([Line::of(SIZE, note, LIES), Line::of(SIZE, made, LIES)]);
        let id = format!("service-report/{}/{}/{}", self.from, self.to, self.at.timestamp());
        let paper = Paper { title: &title, lang: self.lang, id, at: self.at.clone(), lies: LIES, head: Some(top) };
        paper::pdf(&paper, &lines).map_err(|why| Problem::internal(format!("the paper could not be made: {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(lang: Lang) -> About {
        let day = |text: &str| text.parse().unwrap();
        let at = "2026-12-01T08:00:00+08:00[Asia/Shanghai]".parse().unwrap();
        About {
            lang,
            from: day("2026-11-01"),
            to: day("2026-11-30"),
            by: By::Asking,
            at,
            centre: "https://c.example".into(),
        }
    }

    /// As `export` makes it.
    fn table(rows: usize, cells: &[Cell]) -> Vec<Vec<String>> {
        (0..=rows).map(|n| (0..cells.len() + 5).map(|column| format!("{n}-{column}")).collect()).collect()
    }

    #[test]
    fn every_cell_of_a_report_stands_in_one_column_but_those_that_follow() {
        let shown: Vec<Cell> = COLUMNS.iter().flat_map(|(_, of)| of.iter().copied()).collect();
        let left: Vec<Cell> = Cell::ALL.into_iter().filter(|cell| !shown.contains(cell)).collect();
        assert_eq!(shown.len() + left.len(), Cell::ALL.len());
        // The sum of three that stand, and a number that is there while nothing is stated.
        assert_eq!(left, [Cell::Answered, Cell::AgreementNotStated]);
    }

    #[test]
    fn a_long_report_takes_pages_and_one_without_clinical_cells_is_narrower() {
        let long = about(Lang::Zh).paper(&table(200, &Cell::ALL), &Cell::ALL).unwrap();
        let short = about(Lang::En).paper(&table(2, &Cell::ALL), &Cell::ALL).unwrap();
        assert!(long.starts_with(b"%PDF-") && long.len() > short.len());
        let plain: Vec<Cell> = Cell::ALL.into_iter().filter(|cell| !cell.is_clinical()).collect();
        assert!(about(Lang::En).paper(&table(2, &plain), &plain).is_ok());
        assert!(about(Lang::En).paper(&table(2, &plain)[..1], &plain).is_ok(), "no rows");
        let torn = vec![vec!["key".to_owned()]; 2];
        assert!(about(Lang::En).paper(&torn, &Cell::ALL).is_err());
    }
}
