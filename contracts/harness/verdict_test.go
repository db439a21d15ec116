package harness

import "testing"

func TestVerdict(t *testing.T) {
	t.Parallel()
	const fits, breaks, same, differs = true, false, true, false
	cases := []struct {
		mock, fits, same bool
		provenance, want string
	}{
		{false, breaks, same, "documented", VerdictDrifted},
		{false, breaks, differs, "documented", VerdictDrifted},
		{false, breaks, same, "published", VerdictClaimed},
		{false, breaks, differs, "published", VerdictClaimed},
		{false, breaks, same, "assumed", VerdictClaimed},
		{false, breaks, same, "", VerdictClaimed},
		{false, fits, differs, "documented", VerdictMock},
		{false, fits, differs, "published", VerdictMock},
		{false, fits, differs, "assumed", VerdictMock},
		{false, fits, same, "documented", ""},
		{true, breaks, same, "documented", VerdictMock},
		{true, breaks, same, "assumed", VerdictMock},
		{true, fits, same, "documented", ""},
	}
	for _, c := range cases {
		if got := Verdict(Sides{Mock: c.mock, Fits: c.fits, Same: c.same}, c.provenance); got != c.want {
			t.Errorf("of the mock: %t, fits: %t, same: %t, %q: the verdict is %q, not %q", c.mock, c.fits, c.same, c.provenance, got, c.want)
		}
	}
}

func TestSure(t *testing.T) {
	t.Parallel()
	for least, want := range map[string][4]bool{"documented": {true}, "": {true}, "published": {true, true}, "assumed": {true, true, true, true}} {
		for i, mark := range append(Provenances(), "") {
			if got := Sure(mark, least); got != want[i] {
				t.Errorf("%q is as sure as %q: %t", mark, least, got)
			}
		}
	}
}
