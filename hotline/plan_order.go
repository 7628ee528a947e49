package hotline

import "slices"

// All orders of up to planWholly places are looked through; of more, planSteps steps are looked at.
const (
	planWholly = 8
	planSteps  = 200_000
)

// orderApart puts n places, which stand in the order in which they are wished for, into one in which no two neighbours follow each other where
// that can be avoided, and else as few as can be; of such orders the one that is nearest to the wish: each step takes the first that it can.
// The first places of them (firsts) stay where they are. before is what went before all, as an index of near; negative: nothing. apart says of
// each place which neighbour it was kept away from, when it would have been its turn; -1: none.
//
// Of more than a few places not all orders are looked through; then there may be neighbours in a row that a longer search would have avoided.
func orderApart(n, firsts, before int, near [][]bool) (order, apart []int) {
	if n == 0 {
		return nil, nil
	}
	order = findOrder(n, firsts, before, near, 0)
	for most := 1; order == nil && n <= planWholly; most++ {
		order = findOrder(n, firsts, before, near, most)
	}
	if order == nil {
		order = mendOrder(firsts, before, near, greedyOrder(n, firsts, before, near))
	}
	apart = make([]int, n)
	for i := range apart {
		apart[i] = -1
	}
	last := before
	placed := make([]bool, n)
	for i, at := range order {
		if i >= firsts && last >= 0 {
			for j := range at { // those that it stepped over
				if !placed[j] && near[last][j] && apart[j] < 0 {
					apart[j] = last
				}
			}
		}
		placed[at] = true
		last = at
	}
	return order, apart
}

// findOrder looks for an order with at most so many neighbours in a row, those among the first places not counted; nil: it found none. With as
// many as there are places there is always one.
func findOrder(n, firsts, before int, near [][]bool, most int) []int {
	order := make([]int, 0, n)
	placed := make([]bool, n)
	for i := range firsts {
		order = append(order, i)
		placed[i] = true
	}
	steps := 0
	var place func(last, left int) bool
	place = func(last, left int) bool {
		if len(order) == n {
			return true
		}
		if steps++; steps > planSteps {
			return false
		}
		for at := range n {
			if placed[at] {
				continue
			}
			costs := 0
			if last >= 0 && near[last][at] {
				costs = 1
			}
			if costs > left {
				continue
			}
			order = append(order, at)
			placed[at] = true
			if place(at, left-costs) {
				return true
			}
			order = order[:len(order)-1]
			placed[at] = false
		}
		return false
	}
	if !place(lastOf(firsts, before), most) {
		return nil
	}
	return slices.Clone(order)
}

func lastOf(firsts, before int) int {
	if firsts > 0 {
		return firsts - 1
	}
	return before
}

// greedyOrder takes at each step the first place that is no neighbour of the last, or else the first.
func greedyOrder(n, firsts, before int, near [][]bool) []int {
	var order, left []int
	for i := range n {
		if i < firsts {
			order = append(order, i)
		} else {
			left = append(left, i)
		}
	}
	for last := lastOf(firsts, before); len(left) > 0; {
		at := max(0, slices.IndexFunc(left, func(i int) bool { return last < 0 || !near[last][i] }))
		last = left[at]
		order = append(order, last)
		left = slices.Delete(left, at, at+1)
	}
	return order
}

// mendOrder moves places that follow a neighbour to the nearest step at which they stand between two that are none, or else one from elsewhere
// between them and the neighbour, as long as that leaves fewer neighbours in a row.
func mendOrder(firsts, before int, near [][]bool, order []int) []int {
	apart := func(order []int, i int) bool { // the i-th from the one before it
		last := before
		if i > 0 {
			last = order[i-1]
		}
		return i >= len(order) || last < 0 || !near[last][order[i]]
	}
	move := func(from, to int) bool { // to: where it stands once it is taken away
		if from < firsts || from >= len(order) || to < firsts || to >= len(order) {
			return false
		}
		without := slices.Delete(slices.Clone(order), from, from+1)
		with := slices.Insert(slices.Clone(without), to, order[from])
		bad := 0 // more than before
		for _, was := range []bool{apart(order, from), apart(order, from+1), apart(without, to)} {
			if !was {
				bad--
			}
		}
		for _, is := range []bool{apart(without, from), apart(with, to), apart(with, to+1)} {
			if !is {
				bad++
			}
		}
		if bad < 0 {
			order = with
		}
		return bad < 0
	}
	mend := func() bool {
		for i := max(firsts, 1); i < len(order); i++ {
			if apart(order, i) {
				continue
			}
			for d := 1; d < len(order); d++ {
				if move(i, i+d) || move(i, i-d) || move(i+d, i) || move(i-d, i-1) {
					return true
				}
			}
		}
		return false
	}
	for mend() { // each time there is one less
	}
	return order
}
