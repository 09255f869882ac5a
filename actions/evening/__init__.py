"""The evening question: when it comes, what it asks, and what became of it over the weeks.

`zones`, `times` and `when` read what people say of hours and places; `schedule` knows which evening is next;
`questions` chooses what is asked; `weeks` looks back. All of them are pure: time comes in, nothing is kept here.
"""
