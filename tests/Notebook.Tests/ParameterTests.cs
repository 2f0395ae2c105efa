using System.Text.Json.Nodes;
using Notebook.Documents;
using Notebook.Runner;

namespace Notebook.Tests;

public sealed class ParameterTests : IDisposable
{
    private const string Defaults = """
        #!markdown
        # Title
        #!csharp
        // parameters: what a run may change
        int epochs = 3; double lr = 0.1;
        var rate = 0.5; var seed = 7L;
        string name = "nano"; bool fast = false; float[] widths = [1]; decimal price = 1;
        #!csharp
        $"{epochs} {lr / 2} {name}"
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("parameters").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("epochs=5", "int epochs = 5;")]
    [InlineData("lr=1", "double lr = 1;")]
    [InlineData("rate=1", "double rate = 1;")]
    [InlineData("seed=1", "long seed = 1;")]
    [InlineData("name=5", "string name = \"5\";")]
    [InlineData("name=a \"b\"\\", "string name = \"a \\\"b\\\"\\\\\";")]
    [InlineData("name=null", "string name = null;")]
    [InlineData("epochs=null", "int? epochs = null;")]
    [InlineData("fast=true", "bool fast = true;")]
    [InlineData("widths=[1, 2.5]", "float[] widths = [1f, 2.5f];")]
    [InlineData("price=2.5", "decimal price = 2.5m;")]
    public void A_value_takes_the_type_that_the_notebook_declares(string given, string line)
    {
        var (document, warnings) = Inject(Defaults, given);

        Assert.Empty(warnings);
        Assert.Equal($"// injected-parameters\n{line}", document.Cells[2].Source);
        Assert.Equal("""["injected-parameters"]""", document.Cells[2].Metadata["tags"]!.ToJsonString());
    }

    [Theory]
    [InlineData("x=3", "int x = 3;")]
    [InlineData("x=-3000000000", "long x = -3000000000;")]
    [InlineData("x=3.5", "double x = 3.5;")]
    [InlineData("x=1e-3", "double x = 1e-3;")]
    [InlineData("x=False", "bool x = false;")]
    [InlineData("x=None", "object x = null;")]
    [InlineData("x=007", "string x = \"007\";")]
    [InlineData("x=a=b", "string x = \"a=b\";")]
    [InlineData("x=", "string x = \"\";")]
    [InlineData("x=\"5\"", "string x = \"5\";")]
    [InlineData("x=[1, 2]", "int[] x = [1, 2];")]
    [InlineData("x=[1, 0.5]", "double[] x = [1, 0.5];")]
    [InlineData("x=[1, \"a\", null]", "object[] x = [1, \"a\", null];")]
    [InlineData(
        "x={\"a\": [1], \"b\": {}}",
        "Dictionary<string, object> x = new() { [\"a\"] = new int[] { 1 }, [\"b\"] = new Dictionary<string, object>() {  } };"
    )]
    public async Task A_value_of_an_unknown_name_has_the_type_that_it_looks_like(string given, string line)
    {
        var (document, warnings) = Inject("1", given);

        Assert.Equal(
            ["The notebook has no cell tagged parameters, so what was given is set in front of its first cell."],
            warnings
        );
        Assert.Equal($"// injected-parameters\n{line}", document.Cells[0].Source);
        using var cells = new Cells();
        Assert.Equal("result: 1", await cells.Run(document.Cells[0].Source, "1"));
    }

    [Fact]
    public async Task Cells_below_see_what_was_given()
    {
        var document = DibFormat.Parse(Defaults);
        var parameters = Given("epochs=5", "lr=1");
        using var host = new NotebookHost([]);
        var result = await new NotebookRunner(host).RunAsync(document, new RunOptions { Parameters = parameters });

        Assert.True(result.Succeeded, result.Error?.Value);
        Assert.Equal("5 0.5 nano", (string?)document.Cells[^1].Outputs[0]!["data"]!["text/plain"]![0]);
    }

    [Fact]
    public void The_cell_of_an_earlier_run_is_renewed()
    {
        var document = Inject(Defaults, "epochs=5").Document;
        document.Cells[2].Id = "given";
        document = IpynbFormat.Parse(IpynbFormat.Write(document));
        ParameterCell.Inject(document, Given("epochs=6"));

        Assert.Equal(4, document.Cells.Count);
        Assert.Equal(
            ("given", "// injected-parameters\nint epochs = 6;"),
            (document.Cells[2].Id, document.Cells[2].Source)
        );
    }

    [Fact]
    public void The_cell_with_the_defaults_is_found_by_its_tag()
    {
        var document = new NotebookDocument([new("csharp", "1"), new("csharp", "int epochs = 3;"), new("csharp", "2")]);
        document.Cells[1].Metadata = new JsonObject { ["tags"] = new JsonArray("parameters") };

        Assert.Empty(ParameterCell.Inject(document, Given("epochs=5")));
        Assert.Equal("// injected-parameters\nint epochs = 5;", document.Cells[2].Source);
    }

    [Fact]
    public void A_comment_that_begins_alike_is_no_mark() =>
        Assert.StartsWith(
            "The notebook has no cell tagged parameters",
            Inject("// parameters of the network\nint x = 1;", "x=2").Warnings[0]
        );

    [Theory]
    [InlineData("epoch=5", "The notebook declares no parameter 'epoch': did you mean 'epochs'?")]
    [InlineData(
        "zzzzzz=5",
        "The notebook declares no parameter 'zzzzzz': it has 'epochs', 'lr', 'rate', 'seed', 'name', 'fast', 'widths' and 'price'."
    )]
    public void A_name_that_the_notebook_does_not_declare_is_set_with_a_warning(string given, string sentence)
    {
        var (document, warnings) = Inject(Defaults, given);

        Assert.Equal([sentence], warnings);
        Assert.EndsWith(" = 5;", document.Cells[2].Source);
    }

    [Theory]
    [InlineData("epochs", "The parameter 'epochs' has no value: write name=value, such as epochs=3.")]
    [InlineData("=3", "The parameter '=3' has no value: write name=value, such as epochs=3.")]
    [InlineData("a-b=3", "'a-b' cannot name a parameter: it becomes a C# variable, such as epochs.")]
    [InlineData("class=3", "'class' cannot name a parameter: it becomes a C# variable, such as epochs.")]
    [InlineData(
        "x=[1,",
        "The value of x, [1,, begins like JSON but is not: a list is [1, 2], a text that begins so is \"[1\"."
    )]
    [InlineData(
        "epochs=many",
        "The parameter epochs is int in the notebook and cannot be 'many': give it a whole number."
    )]
    [InlineData(
        "epochs=3000000000",
        "The parameter epochs is int in the notebook and cannot be '3000000000': give it a whole number that fits int."
    )]
    [InlineData("lr=fast", "The parameter lr is double in the notebook and cannot be 'fast': give it a number.")]
    [InlineData("fast=1", "The parameter fast is bool in the notebook and cannot be '1': give it true or false.")]
    public void A_wrong_value_gives_one_sentence(string given, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<CommandException>(() => Inject(Defaults, given)).Message);

    [Fact]
    public void A_file_gives_each_member_of_its_object()
    {
        var file = Path.Combine(folder, "night.json");
        File.WriteAllText(file, """{"epochs": 5, "name": "x", "widths": [1, 2]}""");
        var parameters = new NotebookParameters();
        parameters.AddFile(file);
        parameters.Add("epochs=6");
        var document = DibFormat.Parse(Defaults);
        ParameterCell.Inject(document, parameters);

        Assert.Equal(
            "// injected-parameters\nstring name = \"x\";\nfloat[] widths = [1f, 2f];\nint epochs = 6;",
            document.Cells[2].Source
        );
    }

    [Theory]
    [InlineData("[1]", "should hold the parameters as a JSON object, such as {\"epochs\": 3}: It is not an object.")]
    [InlineData("{", "should hold the parameters as a JSON object, such as {\"epochs\": 3}: Expected depth to be zero")]
    public void A_file_without_an_object_gives_one_sentence(string text, string sentence)
    {
        var file = Path.Combine(folder, "bad.json");
        File.WriteAllText(file, text);

        var message = Assert.Throws<CommandException>(() => new NotebookParameters().AddFile(file)).Message;
        Assert.StartsWith($"{file} {sentence}", message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public async Task A_magics_option_takes_a_variables_value()
    {
        using var cells = new Cells(new GalleryExtension());

        Assert.Equal(
            "result: 5 x",
            await cells.Run("var number = 5; var s = \"x\";", "#!set --name m --value @number", "$\"{m} {s}\"")
        );
        Assert.StartsWith(
            "error CommandException: There is no variable 'numbr'. Did you mean 'number'?",
            await cells.Run("#!lsmagic @numbr")
        );
        Assert.StartsWith(
            "error CommandException: @thing stands for a text, a number or a list of them, but thing is of the type",
            await cells.Run("var thing = new object();", "#!lsmagic @thing")
        );
    }

    private static (NotebookDocument Document, IReadOnlyList<string> Warnings) Inject(string dib, params string[] given)
    {
        var document = DibFormat.Parse(dib);
        return (document, ParameterCell.Inject(document, Given(given)));
    }

    private static NotebookParameters Given(params string[] given)
    {
        var parameters = new NotebookParameters();
        foreach (var each in given)
        {
            parameters.Add(each);
        }

        return parameters;
    }
}
