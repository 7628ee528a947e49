package store

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// normal gives a text as it is searched: the words that hotline.Words reads, so that "jln brlubang" is found as "jalan".
func normal(text string) string {
	if text == "" {
		return ""
	}
	return strings.Join(hotline.Words(text), " ")
}

// mostTerms is how many words of a search count.
const mostTerms = 12

// tsquery gives the search for texts in which every word occurs, longer ones in any form that begins so: "jembatan" finds "jembatannya". Words are letters and
// digits alone, so nothing in them means anything to Postgres; empty: nothing to look for.
func tsquery(words string) string {
	var terms []string
	for _, w := range hotline.Words(words) {
		if len(terms) == mostTerms {
			break
		}
		term := `'` + strings.ReplaceAll(strings.ReplaceAll(w, `\`, `\\`), `'`, `''`) + `'`
		if len([]rune(w)) >= 4 {
			term += `:*`
		}
		terms = append(terms, term)
	}
	return strings.Join(terms, ` & `)
}

// Search finds cases, the newest first. s.After goes on where a page ended: hotline.Bookmark{Time: c.Filed, ID: c.ID} of its last row. What was said is
// searched only of cases whose content the viewer may see, a telephone number only where they may see who reported.
func (t *Tx) Search(ctx context.Context, v hotline.Viewer, s hotline.Search) ([]hotline.BoardCase, error) {
	args := pgx.StrictNamedArgs{"limit": s.Limit}
	level, where := seesFacts, []string{}
	ask := func(sql string, name string, value any) {
		where = append(where, sql)
		args[name] = value
	}
	if s.Number.Seq != 0 {
		ask(`c.day = @day and c.seq = @seq`, "day", s.Number.Day)
		args["seq"] = s.Number.Seq
	}
	if q := tsquery(s.Words); q != "" {
		level = max(level, seesContent)
		// The words may have been said in several messages of one case: each is looked for by itself. offset 0 has the index asked once.
		for i, term := range strings.Split(q, ` & `) {
			name := "word" + string(rune('a'+i))
			ask(`c.id in (select s.case_id from contents s where s.words @@ to_tsquery('simple', @`+name+`))`, name, term)
		}
	}
	if s.Phone != "" {
		level = max(level, seesReporter)
		ask(`c.reporter in (select same_person(d.person_id) from person_details d where d.phone_hash = @phone)`, "phone",
			mac(t.store.keys.lookup, []byte(s.Phone)))
	}
	if s.Category != "" {
		ask(`c.category = @category`, "category", s.Category)
	}
	if s.Unit != "" {
		ask(`exists (select 1 from assignments u where u.case_id = c.id and u.state <> 'cancelled' and u.unit = any (@units))`, "units",
			append([]string{}, t.regency.UnitsBelow(s.Unit)...))
	}
	if s.Area != "" {
		if k, ok := t.regency.Kecamatan(s.Area); !ok || k.Code != s.Area { // the village is content
			level = max(level, seesContent)
		}
		ask(`(c.area = @area or starts_with(c.area, @below))`, "area", s.Area)
		args["below"] = s.Area + "."
	}
	if len(s.Statuses) > 0 {
		ask(`c.status = any (@statuses)`, "statuses", s.Statuses)
	}
	if s.Source != "" {
		ask(`c.source = @source`, "source", s.Source)
	}
	if !s.From.IsZero() {
		ask(`c.filed >= @from`, "from", s.From.UTC())
	}
	if !s.Until.IsZero() {
		ask(`c.filed < @until`, "until", s.Until.UTC())
	}
	if s.After.ID != 0 {
		ask(`(c.filed, c.id) < (@at, @last)`, "at", s.After.Time.UTC())
		args["last"] = s.After.ID
	}
	where = append(where, t.sightSQL(v, level, args))
	return t.list(ctx, v, "search cases", strings.Join(where, "\n and ")+` order by c.filed desc, c.id desc limit @limit`, args)
}
