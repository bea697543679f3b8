//! How a thin line is shared: audio > clinical screen or image > active speaker > other faces.
//!
//! First everyone gets the lowest layer in that order, then qualities rise in that order. Audio and the
//! clinical track keep their place even when the estimate says there is none: estimates err, a diagnosis waits.

/// Whose track it is, most needed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    Audio,
    Clinical,
    Speaker,
    Other,
}

/// What one slot could show.
pub struct Want {
    pub priority: Priority,
    /// Bits per second of each layer from the lowest; `None`: not flowing.
    pub layers: Vec<Option<u64>>,
    pub target: Option<u8>,
    /// Upgrades wait after a cut, else a layer that just fits flaps every second.
    pub may_rise: bool,
    /// Whether the last layer may be taken away: only from a line that has been short for a while.
    pub may_lose: bool,
}

/// Going up needs this much room over the measured rate (percent): rates of video swing.
const HEADROOM: u64 = 115;

/// The layer for each want, `None` where the line has no place for it.
pub fn allocate(budget: u64, wants: &[Want]) -> Vec<Option<u8>> {
    let mut order: Vec<usize> = (0..wants.len()).collect();
    order.sort_by_key(|&i| wants[i].priority);
    let mut left = budget as i64;
    let mut chosen: Vec<Option<u8>> = vec![None; wants.len()];
    for &i in &order {
        let want = &wants[i];
        let Some((lowest, rate)) = want.layers.iter().enumerate().find_map(|(l, r)| r.map(|r| (l, r))) else {
            chosen[i] = want.target; // nothing flows now: keep the place for when it does
            continue;
        };
        // Coming back from a pause needs headroom but does not wait for `may_rise`: no picture is the worst picture.
        let needed = if want.target.is_some() { rate } else { rate * HEADROOM / 100 } as i64;
        let fits = left >= needed;
        let kept = want.priority <= Priority::Clinical || (want.target.is_some() && !want.may_lose);
        if kept || fits {
            chosen[i] = Some(lowest as u8);
            left -= rate as i64;
        }
    }
    for &i in &order {
        let want = &wants[i];
        let Some(lowest) = chosen[i].filter(|&l| want.layers[l as usize].is_some()) else { continue };
        let spent = want.layers[lowest as usize].unwrap_or(0);
        for (layer, rate) in want.layers.iter().enumerate().skip(lowest as usize + 1).rev() {
            let rises = want.target.is_none_or(|t| layer as u8 > t);
            let Some(rate) = *rate else { continue };
            // One step at a time: nothing that flows lies between.
            if want.target.is_some_and(|t| (t as usize + 1..layer).any(|l| want.layers[l].is_some())) {
                continue;
            }
            let cost = if rises { rate * HEADROOM / 100 } else { rate } as i64 - spent as i64;
            if cost <= left && (want.may_rise || !rises) {
                left -= rate as i64 - spent as i64;
                chosen[i] = Some(layer as u8);
                break;
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use Priority::*;

    fn want(priority: Priority, target: Option<u8>) -> Want {
        let layers = if priority == Audio { vec![Some(40)] } else { vec![Some(150), Some(500), Some(1700)] };
        Want { priority, layers, target, may_rise: true, may_lose: true }
    }

    #[test]
    fn a_thin_line_is_given_away_in_the_order_of_the_house() {
        let wants = || vec![want(Other, None), want(Speaker, None), want(Clinical, None), want(Audio, None)];
        for (budget, expected) in [
            (0, [None, None, Some(0), Some(0)]),
            (370, [None, Some(0), Some(0), Some(0)]),
            (520, [Some(0), Some(0), Some(0), Some(0)]),
            (1000, [Some(0), Some(0), Some(1), Some(0)]),
            (1400, [Some(0), Some(1), Some(1), Some(0)]),
            (2500, [Some(0), Some(1), Some(2), Some(0)]),
            (9000, [Some(2), Some(2), Some(2), Some(0)]),
        ] {
            assert_eq!(allocate(budget, &wants()), expected, "budget {budget}");
        }
    }

    #[test]
    fn a_layer_that_just_fits_is_kept_but_not_entered() {
        assert_eq!(allocate(510, &[want(Speaker, Some(1))]), [Some(1)]);
        assert_eq!(allocate(510, &[want(Speaker, Some(0))]), [Some(0)]);
        assert_eq!(allocate(600, &[want(Speaker, Some(0))]), [Some(1)]);
        assert_eq!(allocate(600, &[Want { may_rise: false, ..want(Speaker, Some(0)) }]), [Some(0)]);
    }

    #[test]
    fn the_last_layer_survives_a_dip() {
        assert_eq!(allocate(100, &[want(Other, Some(1))]), [None]);
        assert_eq!(allocate(100, &[Want { may_lose: false, ..want(Other, Some(1)) }]), [Some(0)]);
        assert_eq!(allocate(100, &[Want { may_lose: false, ..want(Other, None) }]), [None], "nothing to keep");
    }
}
