"""The evening question: when it comes, what it asks, and what became of it over the weeks.

`when` reads what people say of hours (`times`, `choosing_hour`) and places (`zones`, `choosing_place`);
`schedule` knows which evening is next; `questions` chooses what is asked; `weeks` looks back.
All of them are pure: time comes in, nothing is kept here.
"""
